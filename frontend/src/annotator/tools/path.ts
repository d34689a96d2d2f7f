import type { Point } from "../forms";
import { simplified } from "../outline";

/** What a tool of points takes: how many, whether it closes, and whether a stroke may be drawn by holding. */
export interface PathRule {
  readonly least: number;
  readonly most: number;
  readonly closes: boolean;
  readonly isFree: boolean;
}

export const POLYGON: PathRule = { least: 3, most: Number.POSITIVE_INFINITY, closes: true, isFree: true };
export const LINE: PathRule = { least: 2, most: Number.POSITIVE_INFINITY, closes: false, isFree: true };
export const TURNED: PathRule = { least: 3, most: 3, closes: false, isFree: false };
/** Key points may end early: the rest are not there. */
export const jointsRule = (count: number): PathRule => ({
  least: 1,
  most: count,
  closes: false,
  isFree: false,
});

/** x, y and, for key points, how it is seen: 0 not there, 1 hidden, 2 seen. */
export type PathPoint = readonly [x: number, y: number, visible: number];

export interface PathTool {
  readonly points: readonly PathPoint[];
  /** Points taken back, the last one first to come again. */
  readonly undone: readonly PathPoint[];
  readonly to: Point | null;
  /** Where the stroke that is being held began in `points`; null while nothing is held. */
  readonly held: number | null;
}

export type PathInput =
  | { readonly type: "down" | "move" | "up"; readonly at: Point }
  | { readonly type: "see"; readonly visible: number }
  | { readonly type: "back" | "again" | "finish" | "escape" };

export const PATH_IDLE: PathTool = { points: [], undone: [], to: null, held: null };

type Answer = readonly [PathTool, (readonly PathPoint[])?];

/** Pure: same state and input, same answer. `reach` is how near is on a point, `step` how far apart a stroke's are. */
export function pathTool(state: PathTool, input: PathInput, rule: PathRule, reach: number): Answer {
  switch (input.type) {
    case "escape":
      // Nothing is lost by a slip of the finger: the points come again one by one.
      return [{ ...PATH_IDLE, undone: [...state.undone, ...[...state.points].reverse()] }];
    case "back":
      return [takenBack(state)];
    case "again":
      return [givenAgain(state)];
    case "finish":
      return finished(state, rule);
    case "see":
      return seen(state, input.visible, rule);
    case "down":
      return pressed(state, input.at, rule, reach);
    case "move":
      return [moved(state, input.at, rule, reach)];
    default:
      return released(state, input.at, rule, reach);
  }
}

const isNear = (a: PathPoint | undefined, b: Point, reach: number): boolean =>
  a !== undefined && Math.hypot(a[0] - b[0], a[1] - b[1]) <= reach;

/** Whether a press here would close the ring, or end the line. */
export function wouldEnd({ points }: PathTool, at: Point, rule: PathRule, reach: number): boolean {
  if (points.length < rule.least || rule.most !== Number.POSITIVE_INFINITY) return false;
  return (rule.closes && isNear(points[0], at, reach)) || isNear(points.at(-1), at, reach / 2);
}

function pressed(state: PathTool, at: Point, rule: PathRule, reach: number): Answer {
  if (wouldEnd(state, at, rule, reach)) return finished(state, rule);
  if (isNear(state.points.at(-1), at, reach / 4)) return [state];
  const points = [...state.points, [at[0], at[1], 2] as const];
  const next: PathTool = { points, undone: [], to: at, held: rule.isFree ? points.length - 1 : null };
  return points.length >= rule.most ? finished(next, rule) : [next];
}

function moved(state: PathTool, at: Point, rule: PathRule, reach: number): PathTool {
  if (state.points.length === 0) return state;
  if (state.held === null || !rule.isFree || isNear(state.points.at(-1), at, reach / 2))
    return { ...state, to: at };
  return { ...state, points: [...state.points, [at[0], at[1], 2]], to: at };
}

/** The end of a stroke: its points become fewer; one that drew the whole shape, or came back to its start, ends it. */
function released(state: PathTool, at: Point, rule: PathRule, reach: number): Answer {
  const { held, points } = state;
  if (held === null) return [state];
  const isStroke = points.length - held > 2;
  if (!isStroke) return [{ ...state, held: null, to: at }];
  const stroke = simplified(
    points.slice(held).map(([x, y]): Point => [x, y]),
    reach / 8,
    false,
  );
  const all = [...points.slice(0, held), ...stroke.map(([x, y]): PathPoint => [x, y, 2])];
  const next: PathTool = { points: all, undone: [], to: at, held: null };
  const isWhole = held === 0 && all.length >= rule.least;
  const isBack = rule.closes && all.length > rule.least && isNear(all[0], at, reach);
  return isWhole || isBack ? finished(next, rule) : [next];
}

function finished(state: PathTool, rule: PathRule): Answer {
  return state.points.length >= rule.least ? [PATH_IDLE, state.points] : [state];
}

function takenBack(state: PathTool): PathTool {
  const last = state.points.at(-1);
  if (!last) return state;
  return { ...state, points: state.points.slice(0, -1), undone: [...state.undone, last], held: null };
}

function givenAgain(state: PathTool): PathTool {
  const last = state.undone.at(-1);
  if (!last) return state;
  return { ...state, points: [...state.points, last], undone: state.undone.slice(0, -1) };
}

/** Not there: the next point is passed over. Hidden or seen: the one placed last is. */
function seen(state: PathTool, visible: number, rule: PathRule): Answer {
  const last = state.points.at(-1);
  if (visible === 0) {
    const points = [...state.points, [0, 0, 0] as const];
    const next = { ...state, points, undone: [] };
    return points.length >= rule.most ? finished(next, rule) : [next];
  }
  if (!last || last[2] === 0) return [state];
  return [{ ...state, points: [...state.points.slice(0, -1), [last[0], last[1], visible]] }];
}
