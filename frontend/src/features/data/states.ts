import type { Sample } from "@/api/types";
import type { Tone } from "@/ui";

/** How a sample's state is colored. */
export const STATE_TONE: Readonly<Record<Sample["state"], Tone>> = {
  unlabeled: "neutral",
  draft: "warn",
  labeled: "info",
  reviewed: "ok",
  rejected: "bad",
};
