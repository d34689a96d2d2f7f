import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it, vi } from "vitest";
import type { Sample } from "@/api/types";
import { useHeard } from "./useHeard";

let heard: string | null = null;
let hear: (sample: Sample) => void = () => undefined;

function Shown() {
  [heard, hear] = useHeard();
  return null;
}

it("still knows what plays when the one before it could not begin any more", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const interrupted: ((reason: Error) => void)[] = [];
  class Player {
    dataset: Record<string, string> = {};
    paused = true;
    pause() {
      this.paused = true;
    }
    play() {
      this.paused = false;
      return new Promise((_, reject) => interrupted.push(reject));
    }
  }
  vi.stubGlobal("Audio", Player);
  const root = createRoot(document.createElement("div"));
  act(() => root.render(<Shown />));
  const sample = (id: string) => ({ id, media_url: `/media/${id}` }) as Sample;
  await act(async () => {
    hear(sample("first"));
    hear(sample("second"));
    interrupted[0]?.(new Error("interrupted by another recording"));
  });
  expect(heard).toBe("second");
  await act(async () => interrupted[1]?.(new Error("no such file")));
  expect(heard).toBeNull();
  act(() => root.unmount());
  vi.unstubAllGlobals();
});
