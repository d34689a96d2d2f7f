import { type ReactNode, useEffect, useRef } from "react";
import { cx } from "@/ui";
import styles from "./annotate.module.css";

export interface MarkListProps {
  title: string;
  count: number;
  hint: string | null;
  empty: string;
  /** The element of the line that the others' choice stands at; its ids are those of the rows. */
  active: string | undefined;
  isMulti?: boolean;
  onWalk: (direction: 1 | -1) => void;
  children: ReactNode;
}

/** No more lines are drawn; the stage shows all. */
export const SHOWN = 500;

/** What is marked as lines of a listbox that shares the stage's choice. */
export function MarkList({ title, count, hint, empty, active, isMulti, onWalk, children }: MarkListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (active) list.current?.querySelector(`[id="${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <section className={cx(styles.section, styles.objects)}>
      <h2>
        <span>{title}</span>
        <span className="num">{count}</span>
      </h2>
      {hint ? <p className={styles.hint}>{hint}</p> : null}
      {count === 0 ? <p className="muted small">{empty}</p> : null}
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={title}
        aria-multiselectable={isMulti || undefined}
        aria-activedescendant={active}
        className={cx(styles.scroll, styles.listbox)}
        hidden={count === 0}
        onKeyDown={(event) => {
          if (event.code !== "ArrowDown" && event.code !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          onWalk(event.code === "ArrowDown" ? 1 : -1);
        }}
      >
        {children}
      </div>
    </section>
  );
}

interface MarkRowProps {
  id: string;
  isChosen: boolean;
  className?: string | undefined;
  onChoose: () => void;
  children: ReactNode;
}

/** A line of the list. */
export function MarkRow({ id, isChosen, className, onChoose, children }: MarkRowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its options
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      className={cx(styles.object, className)}
      onClick={onChoose}
    >
      {children}
    </div>
  );
}
