/**
 * Places in a text are code points, as in Python and in the API; JavaScript's own indices count an emoji twice.
 * `points` is the text as `Array.from` gives it.
 */
export type Points = readonly string[];

/** A stretch of a text: its first code point and the one behind its last. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Scripts that are written without spaces: each of their signs is a unit of its own. */
const SIGN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD = /[\p{L}\p{N}_]/u;
/** What stands between two letters of one word. */
const JOINER = /['’-]/u;
/** What belongs to the sign before it: accents, joiners, variants, skin tones. */
const TAIL = /\p{M}|\u200d|\ufe0e|\ufe0f|[\u{1f3fb}-\u{1f3ff}]/u;

const isTail = (points: Points, at: number): boolean =>
  TAIL.test(points[at] ?? "") || (at > 0 && points[at - 1] === "\u200d");

const isInWord = (points: Points, at: number): boolean => {
  const point = points[at] ?? "";
  if (SIGN.test(point)) return false;
  return WORD.test(point) || isTail(points, at) || isJoined(points, at, point);
};

const isJoined = (points: Points, at: number, point: string): boolean =>
  JOINER.test(point) && WORD.test(points[at - 1] ?? "") && WORD.test(points[at + 1] ?? "");

/** The next place a caret may stand at: never within a sign that is made of several code points. */
export function nextPlace(points: Points, at: number, direction: 1 | -1): number {
  let place = Math.max(0, Math.min(points.length, at + direction));
  while (place > 0 && place < points.length && isTail(points, place)) place += direction;
  return place;
}

/** Behind the end of the next word, or before the beginning of the last one; signs of Chinese go one by one. */
export function nextWord(points: Points, at: number, direction: 1 | -1): number {
  let place = at;
  const here = () => (direction > 0 ? place : place - 1);
  const isSpace = () => /^\s$/u.test(points[here()] ?? "");
  while (isSpace()) place += direction;
  if (!isInWord(points, here())) return nextPlace(points, place, direction);
  while (isInWord(points, here())) place += direction;
  return place;
}

/** The word or sign at a place; null between spaces. */
export function unitAt(points: Points, at: number): Range | null {
  const point = points[at];
  if (point === undefined || /^\s$/u.test(point)) return null;
  if (!isInWord(points, at)) return { start: at, end: nextPlace(points, at, 1) };
  let [start, end] = [at, at + 1];
  while (start > 0 && isInWord(points, start - 1)) start -= 1;
  while (isInWord(points, end)) end += 1;
  return { start, end };
}

/**
 * The word at a caret, also right behind it: a full stop that follows a word is not what is meant there. Any
 * other sign where there is no word.
 */
export function wordNear(points: Points, at: number): Range | null {
  const isWord = (place: number) => isInWord(points, place) || SIGN.test(points[place] ?? "");
  if (!isWord(at) && isWord(at - 1)) return unitAt(points, at - 1);
  return unitAt(points, at) ?? unitAt(points, at - 1);
}

/** A stretch that cuts no word: what was drawn with a mouse, grown to whole words. */
export function snapped(points: Points, { start, end }: Range): Range {
  const first = unitAt(points, start);
  const last = unitAt(points, end - 1);
  return { start: Math.min(start, first?.start ?? start), end: Math.max(end, last?.end ?? end) };
}

/** A stretch without spaces at its ends; null when nothing else is in it. */
export function trimmed(points: Points, range: Range): Range | null {
  let { start, end } = range;
  while (start < end && /^\s$/u.test(points[start] ?? "")) start += 1;
  while (end > start && /^\s$/u.test(points[end - 1] ?? "")) end -= 1;
  return start < end ? { start, end } : null;
}
