/** Tab walks the objects or spans from the stage; from a button it walks the page as everywhere. */
export function isOnControl(event: KeyboardEvent): boolean {
  return (
    event.target instanceof Element && event.target.closest("button, a, input, select, textarea") !== null
  );
}
