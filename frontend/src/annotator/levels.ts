import type { Size } from "./geometry";

/** A picture in its full size and, where it is large, in half and quarter. Level 0 is full. */
export interface Levels {
  readonly size: Size;
  readonly bitmaps: readonly ImageBitmap[];
}

/** The coarsest copy that still has a pixel for every device pixel. */
export function levelFor(levels: Levels, scale: number): number {
  let level = 0;
  while (level + 1 < levels.bitmaps.length && scale * 2 ** (level + 1) <= 1.05) level += 1;
  return level;
}

/** Give the memory back. */
export function closeLevels(levels: Levels): void {
  for (const bitmap of levels.bitmaps) bitmap.close();
}
