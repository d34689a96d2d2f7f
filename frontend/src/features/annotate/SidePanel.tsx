import { IconAlertTriangle, IconLock } from "@tabler/icons-react";
import { type KeyboardEvent, lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";
import { type AskedOf, firstFault } from "@/annotator/asking";
import type { BoxEditor, EditorState } from "@/annotator/editor";
import { readingOrder } from "@/annotator/model";
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

export interface ObjectListProps {
  editor: BoxEditor;
  state: EditorState;
  classes: readonly LabelClass[];
  askedOf?: AskedOf;
}

/** Every object as a line of a listbox that shares the canvas's selection. */
export function ObjectList({ editor, state, classes, askedOf }: ObjectListProps) {
  const t = useT("annotate");
  const language = useLanguage();
  const list = useRef<HTMLDivElement>(null);
  const byId = new Map(classes.map((one) => [one.id, one]));
  const boxes = state.shapes.filter((shape) => shape.box);
  const numbers = new Map(state.shapes.map((shape, at) => [shape.id, at + 1]));
  const order = readingOrder(boxes);
  const active = [...state.selection][0];
  useEffect(() => {
    if (active) list.current?.querySelector(`[id="object-${active}"]`)?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.code !== "ArrowDown" && event.code !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    editor.walk(event.code === "ArrowDown" ? 1 : -1);
  };
  return (
    <section className={cx(styles.section, styles.objects)}>
      <h2>
        <span>{t("objects")}</span>
        <span className="num">{boxes.length}</span>
      </h2>
      {boxes.length === 0 ? <p className="muted small">{t("objectsEmpty")}</p> : null}
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t("objects")}
        aria-multiselectable
        aria-activedescendant={active ? `object-${active}` : undefined}
        className={cx(styles.scroll, styles.listbox)}
        onKeyDown={onKeyDown}
        hidden={boxes.length === 0}
      >
        {order.slice(0, 500).map((id) => {
          const shape = editor.shapeOf(id);
          const one = byId.get(shape?.label ?? "");
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its options
            <div
              key={id}
              id={`object-${id}`}
              role="option"
              tabIndex={-1}
              aria-selected={state.selection.has(id)}
              className={styles.object}
              onClick={() => editor.select(new Set([id]), true)}
            >
              <Swatch color={one?.color ?? "#868E96"} />
              <span className="ellipsis">
                {t("objectName", { number: numbers.get(id) ?? 0, label: classNameOf(one, language) })}
              </span>
              {state.locked.has(id) ? (
                <IconLock size={14} role="img" aria-label={t("locked")} className="muted" />
              ) : null}
              {shape && askedOf && firstFault([shape], askedOf) ? (
                <IconAlertTriangle
                  size={14}
                  role="img"
                  aria-label={t("askRequired")}
                  className={styles.lacks}
                />
              ) : null}
              {shape?.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
            </div>
          );
        })}
      </div>
    </section>
  );
}
