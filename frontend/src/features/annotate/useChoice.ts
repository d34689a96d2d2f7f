import { useMemo, useState } from "react";
import type { Consensus } from "@/api/consensus";
import { type Choice, choicesOf, firstChoice, momentOf } from "./answers";

interface Picked {
  moment: string;
  chosen: number | null;
  hidden: ReadonlySet<number>;
}

const SHOWN: ReadonlySet<number> = new Set();

export interface Choosing {
  choices: readonly Choice[];
  chosen: Choice | undefined;
  hidden: ReadonlySet<number>;
  /** Choose by place; what was hidden is shown again. False where there is no such answer. */
  choose: (place: number) => boolean;
  /** Show or hide by place. */
  toggle: (place: number) => boolean;
}

/** Which answer of a sample is chosen and which are shown; another sample, or a change of it, begins anew. */
export function useChoice(row: Consensus): Choosing {
  const choices = useMemo(() => choicesOf(row), [row]);
  const [picked, setPicked] = useState<Picked | null>(null);
  const moment = momentOf(row);
  const isOurs = picked?.moment === moment;
  const chosen = isOurs ? picked.chosen : firstChoice(row);
  const hidden = isOurs ? picked.hidden : SHOWN;
  const isThere = (place: number) => choices.some((choice) => choice.place === place);
  const without = (place: number) => new Set([...hidden].filter((one) => one !== place));
  return {
    choices,
    chosen: choices.find(({ place }) => place === chosen),
    hidden,
    choose: (place) => {
      if (!isThere(place)) return false;
      setPicked({ moment, chosen: place, hidden: without(place) });
      return true;
    },
    toggle: (place) => {
      if (!isThere(place)) return false;
      const next = hidden.has(place) ? without(place) : new Set([...hidden, place]);
      setPicked({ moment, chosen, hidden: next });
      return true;
    },
  };
}
