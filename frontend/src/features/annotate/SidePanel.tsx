import { type KeyboardEvent, lazy, type RefObject, Suspense, useState } from "react";
import type { LabelClass } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx, Kbd, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import { capOf, keySlots } from "./classKeys";
import { classNameOf } from "./useStyle";

const FindClass = lazy(() => import("./FindClass").then((module) => ({ default: module.FindClass })));

const SEARCH_FROM = 10;

export interface ClassListProps {
  classes: readonly LabelClass[];
  chosen: readonly string[];
  onChoose: (id: string) => void;
  searchRef: RefObject<HTMLInputElement | null>;
  big?: boolean;
}

/** The classes with their keys; a search field once there are many. */
export function ClassList({ classes, chosen, onChoose, searchRef, big }: ClassListProps) {
  const t = useT("annotate");
  const language = useLanguage();
  const [query, setQuery] = useState("");
  const wanted = query.trim().toLowerCase();
  const slots = keySlots(classes);
  const shown = classes.filter((one) => `${one.name} ${one.name_zh}`.toLowerCase().includes(wanted));
  const onKeyDown = (event: KeyboardEvent) => {
    const first = shown[0];
    if (event.key === "Escape") searchRef.current?.blur();
    if (event.key !== "Enter" || !first) return;
    event.preventDefault();
    onChoose(first.id);
    setQuery("");
    searchRef.current?.blur();
  };
  return (
    <section className={cx(styles.section, styles.classes, big && styles.big)}>
      <h2>{t("classes")}</h2>
      {classes.length > SEARCH_FROM ? (
        <Suspense fallback={null}>
          <FindClass ref={searchRef} value={query} onChange={setQuery} onKeyDown={onKeyDown} />
        </Suspense>
      ) : null}
      <div className={styles.scroll}>
        {classes.length === 0 ? <p className="muted small">{t("noClasses")}</p> : null}
        {shown.map((one) => {
          const cap = capOf(slots.indexOf(one));
          return (
            <button
              key={one.id}
              type="button"
              className={styles.class}
              aria-pressed={chosen.includes(one.id)}
              title={one.description || undefined}
              onClick={() => onChoose(one.id)}
            >
              <Swatch color={one.color} size={12} />
              <span className="ellipsis">{classNameOf(one, language)}</span>
              {cap ? <Kbd>{cap}</Kbd> : null}
            </button>
          );
        })}
      </div>
    </section>
  );
}
