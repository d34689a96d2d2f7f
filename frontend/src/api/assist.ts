import type { Found, Prompt } from "@/annotator/magicHand";
import { http } from "./http";

/** Whether a click is answered at once; `basic`: there are no weights, a simpler method answers. */
export type AssistState = "preparing" | "ready" | "basic";

/** Begin to read the picture of an item, so that the first click is answered at once. */
export function prepareItem(item: string): Promise<{ state: AssistState }> {
  return http.post("assist/prepare/", { item });
}

/** The object under the points or in the box. */
export function segmentItem(item: string, { points, box }: Prompt): Promise<Found> {
  return http.post("assist/segment/", {
    item,
    points: points.map(([x, y, positive]) => ({ x, y, positive })),
    box,
  });
}
