import { merged, parted, withoutOverlap } from "./clip";
import type { BoxEditor } from "./editor";
import type { Ring } from "./outline";

/** The selected polygons become one. */
export function merge(editor: BoxEditor): void {
  const { chosen } = editor;
  const one = merged(chosen, editor.view.image);
  const polygons = chosen.filter(({ polygon }) => polygon);
  if (one) editor.exchange(new Set(polygons.map(({ id }) => id)), [one]);
  else editor.tell("noMerge");
}

/** The selected polygon is parted by a line. */
export function split(editor: BoxEditor, line: Ring): void {
  const { lone } = editor;
  const parts = lone && parted(lone, line, editor.view.image);
  if (!parts) {
    editor.tell("noSplit");
    return;
  }
  editor.endCut();
  editor.exchange(new Set([lone.id]), parts);
}

/** What other shown polygons fill is cut off the selected one, so that they share a border. */
export function cutOverlap(editor: BoxEditor): void {
  const { lone } = editor;
  const { hidden, shapes } = editor.current;
  const others = shapes.filter(({ id }) => !hidden.has(id));
  const cut = lone && withoutOverlap(lone, others, editor.view.image);
  if (cut) editor.change(cut);
  else editor.tell("noOverlap");
}
