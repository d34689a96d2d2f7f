import { useEffect, useState } from "react";
import type { Step } from "@/api/augment";

/** The steps once they have been still for so long. */
export function useRested(steps: readonly Step[], restMs: number): readonly Step[] {
  const [rested, setRested] = useState(steps);
  const written = JSON.stringify(steps);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is new on every render, what is in it is not
  useEffect(() => {
    const timer = setTimeout(() => setRested(steps), restMs);
    return () => clearTimeout(timer);
  }, [written, restMs]);
  return rested;
}
