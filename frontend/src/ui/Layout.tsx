import type { ReactNode } from "react";
import { useT } from "@/i18n";
import { cx } from "./cx";
import styles from "./Layout.module.css";

/** The page's frame: a title line with its actions, then the content, at a readable width. */
export function Page({ children, wide }: { children: ReactNode; wide?: boolean }) {
  return <div className={cx(styles.page, wide && styles.wide)}>{children}</div>;
}

export interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  badge?: ReactNode;
  breadcrumb?: ReactNode;
}

/** Title, what the page is for, and its one or two actions. */
export function PageHeader({ title, description, actions, badge, breadcrumb }: PageHeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.headerText}>
        {breadcrumb}
        <div className={styles.titleLine}>
          <h1>{title}</h1>
          {badge}
        </div>
        {description ? <p className="muted">{description}</p> : null}
      </div>
      {actions ? <div className={styles.actions}>{actions}</div> : null}
    </header>
  );
}

/** The way here, as links; the last part is this page. */
export function Breadcrumb({ parts }: { parts: readonly { key: string; node: ReactNode }[] }) {
  const t = useT("ui");
  return (
    <nav aria-label={t("breadcrumb")} className={styles.breadcrumb}>
      {parts.map((part, index) => (
        <span key={part.key} aria-current={index === parts.length - 1 ? "page" : undefined}>
          {part.node}
        </span>
      ))}
    </nav>
  );
}

export interface PanelProps {
  title?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  flush?: boolean;
  tone?: "plain" | "warn" | "bad";
}

/** A white sheet with a hairline. `flush` lets a table or picture reach its edges. */
export function Panel({ title, actions, children, flush, tone = "plain" }: PanelProps) {
  return (
    <section className={cx(styles.panel, styles[tone])}>
      {title || actions ? (
        <header className={styles.panelHeader}>
          <h2>{title}</h2>
          {actions ? <div className={styles.actions}>{actions}</div> : null}
        </header>
      ) : null}
      <div className={flush ? styles.flush : styles.panelBody}>{children}</div>
    </section>
  );
}

/** Things under each other. */
export function Stack({ children, gap = 16 }: { children: ReactNode; gap?: 4 | 8 | 12 | 16 | 24 | 32 }) {
  return <div className={cx(styles.stack, styles[`gap${gap}`])}>{children}</div>;
}

export interface RowProps {
  children: ReactNode;
  gap?: 4 | 8 | 12 | 16 | 24 | 32;
  justify?: "start" | "between" | "end" | "center";
  wrap?: boolean;
  align?: "center" | "start" | "end";
}

/** Things beside each other. */
export function Row({ children, gap = 8, justify = "start", wrap, align = "center" }: RowProps) {
  return (
    <div
      className={cx(
        styles.row,
        styles[`gap${gap}`],
        styles[justify],
        styles[`align_${align}`],
        wrap && styles.wrap,
      )}
    >
      {children}
    </div>
  );
}

/** Equal cards that fill the width. */
export function Cards({ children, min = "md" }: { children: ReactNode; min?: "sm" | "md" | "lg" }) {
  return <div className={cx(styles.cards, styles[`min_${min}`])}>{children}</div>;
}

/** Two columns: content and a side panel; under each other when narrow. */
export function Split({ children, side }: { children: ReactNode; side: ReactNode }) {
  return (
    <div className={styles.split}>
      <div className={styles.main}>{children}</div>
      <div className={styles.side}>{side}</div>
    </div>
  );
}
