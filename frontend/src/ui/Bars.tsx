import { useId } from "react";
import { formatCount } from "@/i18n/format";
import styles from "./Bars.module.css";
import { cx } from "./cx";

export interface Bar {
  key: string;
  label: string;
  value: number;
  color?: string;
  onSelect?: () => void;
}

/** Horizontal bars with their figures: class balance, splits. A list, not a picture. */
export function Bars({ bars, label }: { bars: readonly Bar[]; label: string }) {
  const top = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <ul className={styles.bars} aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.key}>
          {bar.onSelect ? (
            <button type="button" className={styles.name} onClick={bar.onSelect} title={bar.label}>
              {bar.label}
            </button>
          ) : (
            <span className={styles.name} title={bar.label}>
              {bar.label}
            </span>
          )}
          <svg className={styles.track} aria-hidden preserveAspectRatio="none" viewBox="0 0 100 8">
            <rect
              width={(bar.value / top) * 100}
              height="8"
              className={styles.fill}
              style={bar.color ? { fill: bar.color } : undefined}
            />
          </svg>
          <span className="num muted">{formatCount(bar.value)}</span>
        </li>
      ))}
    </ul>
  );
}

const WIDEST = 12;

/** Longer words under a bar would run into those of the next. */
const LONGEST_NAME = 6;

interface HistogramProps {
  bins: readonly number[];
  label: string;
  from: string;
  to: string;
  /** What each bin holds, shown under it where there are few and the words are short. */
  names?: readonly string[];
}

/** A histogram of counts over equal bins. */
export function Histogram({ bins, label, from, to, names = [] }: HistogramProps) {
  const id = useId();
  const top = Math.max(1, ...bins);
  // One of few bins is a bar, not a wall.
  const width = Math.min(100 / Math.max(1, bins.length), WIDEST);
  const left = (100 - width * bins.length) / 2;
  const isNamed =
    left > 0 && names.length === bins.length && names.every(({ length }) => length <= LONGEST_NAME);
  return (
    <figure className={styles.histogram} role="img" aria-labelledby={id}>
      <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 40">
        {bins.map((count, bin) => {
          const x = left + bin * width;
          const height = (count / top) * 38;
          return (
            <rect
              key={x}
              x={x + width * 0.08}
              y={40 - height}
              width={width * 0.84}
              height={height}
              className={styles.fill}
            />
          );
        })}
      </svg>
      {left > 0 ? (
        <>
          <div
            className={cx(styles.under, !isNamed && styles.edges)}
            style={{ width: `${width * bins.length}%` }}
          >
            {(isNamed ? names : edgesOf(from, to, bins.length)).map((name, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two bins may have one name
              <span key={place} className="num">
                {name}
              </span>
            ))}
          </div>
          <figcaption id={id} className={styles.caption}>
            {label}
          </figcaption>
        </>
      ) : (
        <div className={styles.axis}>
          <span className="num">{from}</span>
          <figcaption id={id}>{label}</figcaption>
          <span className="num">{to}</span>
        </div>
      )}
    </figure>
  );
}

/** What stands under the edges of few bars, or under the only one. */
function edgesOf(from: string, to: string, count: number): string[] {
  if (from === to) return [from];
  return count === 1 ? [`${from} – ${to}`] : [from, to];
}

interface TwoHistogramsProps {
  /** Counts over the same bins. */
  now: readonly number[];
  before: readonly number[];
  label: string;
  from: string;
  to: string;
  words: { now: string; before: string };
}

/** Two distributions over the same bins, as shares: now filled, before as the line over it. */
export function TwoHistograms({ now, before, label, from, to, words }: TwoHistogramsProps) {
  const id = useId();
  const shares = [now, before].map(sharesOf);
  const top = Math.max(...shares.flat(), Number.MIN_VALUE);
  const width = 100 / Math.max(1, now.length);
  const height = (share: number) => (share / top) * 38;
  const steps = (shares[1] ?? []).map(
    (share, bin) => `${bin * width},${40 - height(share)} ${(bin + 1) * width},${40 - height(share)}`,
  );
  return (
    <figure className={styles.histogram} role="img" aria-labelledby={id}>
      <div className={styles.legend} aria-hidden="true">
        <span className={styles.legendNow}>{words.now}</span>
        <span className={styles.legendBefore}>{words.before}</span>
      </div>
      <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 40">
        {(shares[0] ?? []).map((share, bin) => {
          const x = bin * width;
          return (
            <rect
              key={x}
              x={x}
              y={40 - height(share)}
              width={width * 0.92}
              height={height(share)}
              className={styles.fill}
            />
          );
        })}
        <polyline points={`0,40 ${steps.join(" ")} 100,40`} className={styles.before} />
      </svg>
      <div className={styles.axis}>
        <span className="num">{from}</span>
        <figcaption id={id}>{label}</figcaption>
        <span className="num">{to}</span>
      </div>
    </figure>
  );
}

function sharesOf(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (total > 0 ? count / total : 0));
}
