import type { BoxTuple } from "@/api/types";

/** Four to three, as the cards are. */
const ASPECT = 4 / 3;
/** How much wider than the shape the window is: something around it says what it is. */
const AROUND = 1.7;

/** The part of a picture, in its pixels, that shows a shape with this box in the middle. */
export function windowOf([x, y, w, h]: BoxTuple): BoxTuple {
  const width = AROUND * Math.max(w, h * ASPECT);
  const height = width / ASPECT;
  return [x + w / 2 - width / 2, y + h / 2 - height / 2, width, height];
}

/** Where a picture of this size has to lie for the window to fill a frame of its shape, as styles. */
export function percentsOf([x, y, w, h]: BoxTuple, width: number, height: number) {
  const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
  return {
    left: percent(-x, w),
    top: percent(-y, h),
    width: percent(width, w),
    height: percent(height, h),
  };
}
