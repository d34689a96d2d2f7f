export interface DiffLine {
  readonly kind: "same" | "gone" | "come";
  readonly text: string;
}

/** Above it lines are only taken as they stand: the table of the comparison grows with the product. */
const MAX_CELLS = 4_000_000;

/** Two texts line by line: the fewest lines that go and come (longest common subsequence). */
export function lineDiff(before: string, after: string): DiffLine[] {
  const old = before.split("\n");
  const now = after.split("\n");
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  const shorter = Math.min(old.length, now.length) - head;
  while (tail < shorter && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const middle = between(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  const same = (texts: string[]) => texts.map((text): DiffLine => ({ kind: "same", text }));
  return [...same(old.slice(0, head)), ...middle, ...same(old.slice(old.length - tail))];
}

function between(old: string[], now: string[]): DiffLine[] {
  const gone = (text: string): DiffLine => ({ kind: "gone", text });
  const come = (text: string): DiffLine => ({ kind: "come", text });
  if (old.length * now.length > MAX_CELLS) return [...old.map(gone), ...now.map(come)];
  const common = commonLengths(old, now);
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length && j < now.length) {
    if (old[i] === now[j]) {
      lines.push({ kind: "same", text: old[i] ?? "" });
      i++;
      j++;
    } else if (common(i + 1, j) >= common(i, j + 1)) lines.push(gone(old[i++] ?? ""));
    else lines.push(come(now[j++] ?? ""));
  }
  return [...lines, ...old.slice(i).map(gone), ...now.slice(j).map(come)];
}

/** How long the longest common subsequence of the ends from (i, j) on is. */
function commonLengths(old: string[], now: string[]): (i: number, j: number) => number {
  const width = now.length + 1;
  const table = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      table[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  return at;
}
