/** Named key points and the pairs that hang together, by their places. */
export interface Skeleton {
  readonly points: readonly string[];
  readonly lines: readonly (readonly [from: number, to: number])[];
}

const SIDES = /left|right|左|右|(?<![\p{L}\p{N}])[lr](?![\p{L}\p{N}])/gu;
const OTHER: Readonly<Record<string, string>> = {
  left: "right",
  right: "left",
  左: "右",
  右: "左",
  l: "r",
  r: "l",
};

/** For each point the one it changes places with in a mirror, by the sides in the names, as the server does. */
export function mirrorOf(points: readonly string[]): number[] {
  const names = points.map((point) => point.toLowerCase());
  const swapped = names.map((name, at) => {
    const other = names.indexOf(name.replace(SIDES, (side) => OTHER[side] ?? side));
    return other < 0 ? at : other;
  });
  return swapped.every((to, at) => swapped[to] === at) ? swapped : points.map((_, at) => at);
}

/** Every point has a name of its own. */
export function isFit({ points }: Skeleton): boolean {
  const names = points.map((point) => point.trim());
  return (
    names.length > 0 &&
    names.every((name) => name !== "" && name.length <= 100) &&
    new Set(names).size === names.length
  );
}

/** The line between two points comes, or goes when it is there. */
export function toggledLine(skeleton: Skeleton, from: number, to: number): Skeleton {
  const others = skeleton.lines.filter(([a, b]) => !((a === from && b === to) || (a === to && b === from)));
  const isThere = others.length < skeleton.lines.length;
  return { ...skeleton, lines: isThere ? others : [...others, [from, to]] };
}

/** Without a point; its lines go, those of later points follow them. */
export function withoutPoint({ points, lines }: Skeleton, gone: number): Skeleton {
  const after = (place: number) => (place > gone ? place - 1 : place);
  return {
    points: points.filter((_, at) => at !== gone),
    lines: lines.filter((line) => !line.includes(gone)).map(([a, b]) => [after(a), after(b)]),
  };
}

/** A point one place up or down; lines stay with their points. */
export function movedPoint({ points, lines }: Skeleton, at: number, by: -1 | 1): Skeleton {
  const to = at + by;
  const place = (one: number) => (one === at ? to : one === to ? at : one);
  return {
    points: points.map((_, one) => points[place(one)] ?? ""),
    lines: lines.map(([a, b]) => [place(a), place(b)]),
  };
}
