import { useEffect, useState } from "react";
import type { Cutter, Found, Prompt } from "@/annotator/magicHand";
import { type AssistState, prepareItem, segmentItem } from "@/api/assist";
import { asAppError } from "@/api/errors";

const AGAIN_MS = 1_000;
const TRIES = 60;
const CUT_TRIES = 4;

export interface Assist {
  readonly state: AssistState | null;
  readonly cut: Cutter;
}

/** Has the picture of an item read on the server once it is open, and asks there for what is pointed at. */
export function useAssist(item: string, isOffered: boolean, next?: string): Assist {
  const [state, setState] = useState<AssistState | null>(null);
  useEffect(() => {
    if (!isOffered) return;
    setState(null);
    let timer: ReturnType<typeof setTimeout>;
    let isOver = false;
    const look = async (tries: number) => {
      const found = await prepareItem(item).catch(() => null);
      if (isOver) return;
      setState(found?.state ?? null);
      if (found?.state === "preparing" && tries > 0) timer = setTimeout(() => void look(tries - 1), AGAIN_MS);
      else if (found?.state === "ready" && next) void prepareItem(next).catch(() => undefined);
    };
    void look(TRIES);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [item, isOffered, next]);
  return { state, cut: (prompt) => cutPatiently(item, prompt, CUT_TRIES) };
}

/** Asks again while the server says that it is still reading the picture. */
async function cutPatiently(item: string, prompt: Prompt, tries: number): Promise<Found> {
  try {
    return await segmentItem(item, prompt);
  } catch (error) {
    if (asAppError(error).code !== "not_ready" || tries <= 1) throw error;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return cutPatiently(item, prompt, tries - 1);
  }
}
