const MARGIN_PX = 8;

export interface Placement {
  left: number;
  top: number;
}

/** Where a floating panel goes: under its anchor (or above when there is no room), inside the window. */
export function place(
  anchor: DOMRect,
  width: number,
  height: number,
  align: "end" | "center",
  gap = 6,
): Placement {
  const wished = align === "end" ? anchor.right - width : anchor.left + anchor.width / 2 - width / 2;
  const left = Math.max(MARGIN_PX, Math.min(wished, window.innerWidth - width - MARGIN_PX));
  const below = anchor.bottom + gap;
  const fitsBelow = below + height <= window.innerHeight - MARGIN_PX;
  return { left, top: fitsBelow ? below : Math.max(MARGIN_PX, anchor.top - gap - height) };
}
