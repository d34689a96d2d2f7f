/** Do this once the next picture of the page is painted; at once where none will be, as the page is out of sight. */
export function afterPaint(act: () => void): void {
  if (document.visibilityState === "hidden") act();
  else requestAnimationFrame(() => setTimeout(act));
}
