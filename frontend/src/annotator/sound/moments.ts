/** Seconds from the beginning of a recording, and stretches of it. Nothing here is finer than a millisecond. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** No stretch is shorter. */
export const LEAST_S = 0.001;

/** Below it nothing is heard, however it is enlarged. */
const SILENT = 1e-4;
const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600] as const;

/** To the millisecond, as the server keeps it. */
export const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** A moment of the recording. */
export const within = (seconds: number, duration: number): number =>
  toMs(Math.max(0, Math.min(duration, Number.isFinite(seconds) ? seconds : 0)));

/** `0:07.250`; hours are counted in minutes. */
export function momentText(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const rest = String(ms % 60_000).padStart(5, "0");
  return `${Math.floor(ms / 60_000)}:${rest.slice(0, 2)}.${rest.slice(2)}`;
}

/** `0:07.25`: the same without zeros behind the point, as a ruler has it. */
export const markText = (seconds: number): string =>
  momentText(seconds).replace(/0+$/, "").replace(/\.$/, "");

/** What lies between two moments in either order, on the recording; null where that is nothing. */
export function between(a: number, b: number, duration: number): Stretch | null {
  const start = within(Math.min(a, b), duration);
  const end = within(Math.max(a, b), duration);
  return end - start >= LEAST_S / 2 ? { start, end } : null;
}

/** A stretch with one edge elsewhere; null where it would be turned inside out. */
export function withEdge(
  { start, end }: Stretch,
  edge: "start" | "end",
  at: number,
  duration: number,
): Stretch | null {
  const moved = within(at, duration);
  const now = edge === "start" ? { start: moved, end } : { start, end: moved };
  return now.end - now.start >= LEAST_S / 2 ? now : null;
}

/** The marks of a ruler: so many at most, at round moments. */
export function marksOf(duration: number, most: number): number[] {
  const step = STEPS.find((one) => duration / one <= most) ?? 1200;
  return Array.from({ length: Math.floor(duration / step + 1e-9) + 1 }, (_, at) => toMs(at * step));
}

/** The loudest of each of `count` parts of some samples, 0 to 100 of the loudest of all. */
export function peaksOf(samples: Float32Array, count: number): number[] {
  const peaks: number[] = [];
  for (let part = 0; part < count; part++) {
    const from = Math.floor((part * samples.length) / count);
    const to = Math.max(from + 1, Math.floor(((part + 1) * samples.length) / count));
    let loudest = 0;
    for (let at = from; at < to && at < samples.length; at++)
      loudest = Math.max(loudest, Math.abs(samples[at] ?? 0));
    peaks.push(loudest);
  }
  const top = peaks.reduce((most, peak) => Math.max(most, peak), SILENT);
  return peaks.map((peak) => Math.round((100 * peak) / top));
}
