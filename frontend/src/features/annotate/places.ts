/** The code point of a text that a place in the page is at; null outside of the text. */
export function placeIn(node: Node | null, offset: number): number | null {
  const element = node instanceof Element ? node : node?.parentElement;
  const holder = element?.closest<HTMLElement>("[data-at]");
  if (!node || !holder) return null;
  const at = Number(holder.dataset.at);
  if (node instanceof Text && node.parentElement === holder)
    return at + Array.from(node.data.slice(0, offset)).length;
  if (node instanceof Text) return beside(node);
  const child = node.childNodes[offset];
  return child ? placeIn(child, 0) : ends(holder);
}

/** A name or the caret is no part of the text: it stands before the stretch that follows it. */
function beside(node: Text): number | null {
  const next = node.parentElement?.nextElementSibling;
  return next?.matches("[data-at]") ? Number((next as HTMLElement).dataset.at) : null;
}

function ends(holder: HTMLElement): number | null {
  const pieces = holder.matches("p") ? [...holder.querySelectorAll<HTMLElement>("[data-at]")] : [holder];
  const last = pieces.at(-1);
  return last ? Number(last.dataset.at) + Array.from(last.textContent ?? "").length : null;
}
