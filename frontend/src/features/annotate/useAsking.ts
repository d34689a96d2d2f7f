import { useState } from "react";
import {
  type Asked,
  type AskedOf,
  choicesOf,
  type Fault,
  firstFault,
  pressed,
  saidOf,
  swept,
  type Wanted,
} from "@/annotator/asking";
import type { Shape, Shapes } from "@/annotator/model";
import type { Session } from "@/annotator/session";
import { type Handlers, useHotkeys } from "@/hotkeys/scope";

interface Step {
  readonly shape: string;
  readonly name: string;
}

/** Attributes asked one after another: of one object, or one attribute of many. */
export interface Walk {
  readonly session: Session;
  readonly steps: readonly Step[];
  readonly at: number;
  /** What a sweep goes by; null of a walk through the attributes of one object. */
  readonly sweep: { readonly name: string; readonly wanted: Wanted } | null;
}

export interface Asking {
  readonly askedOf: AskedOf;
  /** Whether there is something that may be asked. */
  readonly isOpen: boolean;
  /** The one selected object, span or class that is asked something. */
  readonly shape: Shape | undefined;
  readonly walk: Walk | null;
  /** The attribute that digits answer now. */
  readonly name: string | null;
  /** Whether an object has no value of an attribute. */
  lacks: (name: string) => boolean;
  /** Names of every attribute of the classes. */
  readonly names: readonly string[];
  ask: () => void;
  sweep: (name: string, wanted: Wanted) => void;
  say: (name: string, value: string) => void;
  go: (step: 1 | -1) => void;
  end: () => void;
  point: (fault: Pick<Fault, "shape" | "attribute">) => void;
  fault: () => Fault | null;
}

/** What is asked: objects of a picture, spans of a text, or the classes of a whole sample. */
export interface Askable {
  readonly shapes: Shapes;
  /** The one that is selected. */
  readonly selected: string | null;
  /** Whether they are classes of the whole sample, which are asked together. */
  readonly isWhole?: boolean;
  select: (shape: string) => void;
  /** Show it as large as it goes, where it has a place. */
  show?: () => void;
  say: (shape: string, name: string, value: string) => void;
}

export interface AskingOptions {
  session: Session;
  of: Askable;
  askedOf: AskedOf;
  /** The classes in their order, by id. */
  labels: readonly string[];
  enabled: boolean;
}

/** What is asked of objects beside their class, and the digits that answer while it is asked. */
export function useAsking({ session, of, askedOf, labels, enabled }: AskingOptions): Asking {
  const [kept, setKept] = useState<Walk | null>(null);
  const step = kept?.session === session ? kept.steps[kept.at] : undefined;
  // Whoever selects something else has left; nothing is asked behind their back.
  const found = of.shapes.find(({ id }) => id === of.selected);
  // The same holds where it was given another class, which asks something else.
  const isAsked = found !== undefined && askedOf(found.label).some(({ name }) => name === step?.name);
  const walk = step && isAsked && found.id === step.shape ? kept : null;
  const shape = found && askedOf(found.label).length > 0 ? found : undefined;
  const names = [...new Set(labels.flatMap((label) => askedOf(label).map(({ name }) => name)))];

  const arrive = (next: Omit<Walk, "session">) => {
    const to = next.steps[next.at];
    if (!to) return;
    of.select(to.shape);
    if (next.sweep) of.show?.();
    setKept({ ...next, session });
  };
  const asking: Asking = {
    askedOf,
    isOpen: enabled && names.length > 0 && of.shapes.length > 0,
    shape,
    walk,
    name: (walk && step?.name) ?? null,
    names,
    lacks: (one) => swept(of.shapes, askedOf, one, "missing").length > 0,
    ask: () => {
      const all = of.isWhole ? of.shapes : shape ? [shape] : [];
      const steps = all.flatMap(({ id, label }) => askedOf(label).map(({ name }) => ({ shape: id, name })));
      arrive({ steps, at: 0, sweep: null });
    },
    sweep: (name, wanted) => {
      const steps = swept(of.shapes, askedOf, name, wanted).map((one) => ({ shape: one, name }));
      if (steps.length > 0) arrive({ steps, at: 0, sweep: { name, wanted } });
      else setKept(null);
    },
    say: (name, value) => shape && of.say(shape.id, name, value),
    go: (by) => {
      if (!walk) return;
      const alive = (place: number) => of.shapes.some(({ id: one }) => one === walk.steps[place]?.shape);
      let at = walk.at + by;
      while (walk.steps[at] && !alive(at)) at += by;
      if (walk.steps[at]) arrive({ ...walk, at });
      else if (by > 0) setKept(null);
    },
    end: () => setKept(null),
    point: ({ shape: one, attribute }) => {
      const label = of.shapes.find((other) => other.id === one)?.label;
      const steps = (label ? askedOf(label) : []).map(({ name }) => ({ shape: one, name }));
      const at = steps.findIndex(({ name }) => name === attribute);
      of.select(one);
      // What is wrong with it may be none of what its class asks: that the class is gone, or where a relation leads.
      if (attribute !== "") arrive({ steps, at: Math.max(0, at), sweep: null });
      of.show?.();
    },
    fault: () => firstFault(of.shapes, askedOf),
  };
  useHotkeys("ask", { ask: asking.ask, sweep: () => begin(asking) }, enabled && names.length > 0);
  useHotkeys("asking", keysOf(asking), enabled && walk !== null);
  return asking;
}

/** Begin a sweep: by what the selected object is asked, else by the first attribute that an object lacks. */
export function begin({ name, names, lacks, sweep }: Asking): void {
  const chosen = name ?? names.find(lacks) ?? names[0];
  if (chosen !== undefined) sweep(chosen, lacks(chosen) ? "missing" : "all");
}

/** The attribute that is asked now, with what the object says of it. */
export function askedNow({ shape, name, askedOf }: Asking): { asked: Asked; value: string } | null {
  const asked = shape && askedOf(shape.label).find((one) => one.name === name);
  return asked ? { asked, value: saidOf(shape, asked.name) } : null;
}

/** Answer what is asked now by the place of a choice; of several it stays, else the next one is asked. */
export function choose(asking: Asking, place: number): void {
  const now = askedNow(asking);
  const choice = now && choicesOf(now.asked)[place];
  if (!now || typeof choice !== "string") return;
  asking.say(now.asked.name, pressed(now.asked, now.value, choice));
  if (now.asked.kind !== "multi") asking.go(1);
}

function keysOf(asking: Asking): Handlers {
  const digits = Array.from({ length: 18 }, (_, place) => [`class${place + 1}`, () => choose(asking, place)]);
  return {
    ...Object.fromEntries(digits),
    noValue: () => {
      if (asking.name !== null) asking.say(asking.name, "");
    },
    nextAsked: () => asking.go(1),
    previousAsked: () => asking.go(-1),
    endAsking: asking.end,
  };
}
