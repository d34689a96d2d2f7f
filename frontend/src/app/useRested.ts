import { useEffect, useState } from "react";

/** The value once nobody has changed it for a moment: what a hand passes over is not asked for. */
export function useRested<T>(value: T, restMs: number): T {
  const [rested, setRested] = useState(value);
  const written = JSON.stringify(value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the value is new on every render, what is in it is not
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs);
    return () => clearTimeout(timer);
  }, [written, restMs]);
  return rested;
}
