/** Which tiles of the grid are picked, where the cursor is, and where a range began. */
export interface Picking {
  readonly cursor: number;
  readonly anchor: number;
  readonly chosen: ReadonlySet<number>;
}

export const START: Picking = { cursor: 0, anchor: 0, chosen: new Set() };

const range = (from: number, to: number): Set<number> => {
  const first = Math.min(from, to);
  return new Set(Array.from({ length: Math.abs(to - from) + 1 }, (_, at) => first + at));
};

/** Press a tile: it alone, with `extend` all from where the range began, with `toggle` it comes or goes. */
export function pressed(
  picking: Picking,
  at: number,
  { extend = false, toggle = false }: { extend?: boolean; toggle?: boolean } = {},
): Picking {
  if (extend) return { ...picking, cursor: at, chosen: range(picking.anchor, at) };
  const chosen = new Set(toggle ? picking.chosen : []);
  if (!toggle || !chosen.delete(at)) chosen.add(at);
  return { cursor: at, anchor: at, chosen };
}

/** Move the cursor; with `extend` everything on the way is picked, else nothing but the cursor's tile. */
export function moved(picking: Picking, by: number, count: number, extend: boolean): Picking {
  const cursor = picking.cursor + by;
  if (cursor < 0 || cursor >= count) return picking;
  if (extend) return pressed(picking, cursor, { extend: true });
  return { cursor, anchor: cursor, chosen: new Set() };
}

/** What a class is given to: what is picked, else the tile under the cursor. */
export function meant({ chosen, cursor }: Picking, count: number): readonly number[] {
  const places = chosen.size > 0 ? [...chosen] : [cursor];
  return places.filter((place) => place < count).sort((a, b) => a - b);
}

/** After a class was given: the cursor goes on behind what it was given to, and nothing is picked. */
export function after(picking: Picking, count: number): Picking {
  const last = Math.max(...meant(picking, count), 0);
  const cursor = Math.min(last + 1, Math.max(0, count - 1));
  return { cursor, anchor: cursor, chosen: new Set() };
}
