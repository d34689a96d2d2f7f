import type { CSSProperties, ReactNode } from "react";
import { useLanguage } from "@/i18n";
import { formatMoment, formatRelative } from "@/i18n/format";
import { cx } from "./cx";
import styles from "./Display.module.css";
import { Tooltip } from "./Tooltip";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "bad" | "info";

/** A short state in words, with a tone and a dot: never color alone. */
export function Badge({
  tone = "neutral",
  dot,
  children,
}: {
  tone?: Tone;
  dot?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={cx(styles.badge, styles[tone])}>
      {dot ? <span className={styles.dot} aria-hidden /> : null}
      {children}
    </span>
  );
}

/** A class of the data: its color is the data's, not the theme's. */
export function Tag({
  color,
  children,
  kbd,
  muted,
}: {
  color?: string;
  children: ReactNode;
  kbd?: string;
  muted?: boolean;
}) {
  return (
    <span className={cx(styles.tag, muted && "muted")}>
      {color ? <Swatch color={color} /> : null}
      <span className="ellipsis">{children}</span>
      {kbd ? <Kbd>{kbd}</Kbd> : null}
    </span>
  );
}

/** A square of a data color. */
export function Swatch({ color, size = 10 }: { color: string; size?: number }) {
  const style: CSSProperties = { background: color, width: size, height: size };
  return <span className={styles.swatch} style={style} aria-hidden />;
}

/** One key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}

/** A person as initials. */
export function Avatar({ name, size = 24 }: { name: string; size?: number }) {
  const initials = /^[\p{Script=Han}]/u.test(name) ? name.slice(-1) : name.slice(0, 1).toUpperCase();
  return (
    <span className={styles.avatar} style={{ width: size, height: size }} title={name} aria-hidden>
      {initials}
    </span>
  );
}

/** A determinate bar; with `value` null it says only that something moves. */
export function Progress({
  value,
  label,
  tone = "accent",
}: {
  value: number | null;
  label: string;
  tone?: Tone;
}) {
  const percent = value === null ? null : Math.round(Math.min(Math.max(value, 0), 1) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      className={cx(styles.progress, styles[`bar_${tone}`], percent === null && styles.indeterminate)}
    >
      <span style={{ width: percent === null ? "30%" : `${percent}%` }} />
    </div>
  );
}

/** One figure with its name, and what it means below. */
export function Stat({
  label,
  value,
  hint,
  tone,
}: {
  label: ReactNode;
  value: ReactNode;
  hint?: ReactNode;
  tone?: Tone;
}) {
  return (
    <div className={styles.stat}>
      <span className={styles.statLabel}>{label}</span>
      <span className={cx(styles.statValue, "num", tone && styles[`ink_${tone}`])}>{value}</span>
      {hint ? <span className={styles.statHint}>{hint}</span> : null}
    </div>
  );
}

/** Figures side by side, separated by hairlines. */
export function StatRow({ children }: { children: ReactNode }) {
  return <div className={styles.statRow}>{children}</div>;
}

/** "3 minutes ago", the exact moment on hover. */
export function Time({ iso }: { iso: string }) {
  useLanguage();
  return (
    <Tooltip label={formatMoment(iso)}>
      <time dateTime={iso} className="num">
        {formatRelative(iso)}
      </time>
    </Tooltip>
  );
}

/** Names and values in two columns. */
export function Facts({ rows }: { rows: readonly { key: string; label: ReactNode; value: ReactNode }[] }) {
  return (
    <dl className={styles.facts}>
      {rows.map((row) => (
        <div key={row.key}>
          <dt>{row.label}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}
