import { IconLock } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { BoxEditor, EditorState } from "@/annotator/editor";
import { readingOrder } from "@/annotator/model";
import type { LabelClass } from "@/api/types";
import { useLanguage, useT } from "@/i18n";
import { cx, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import { Lacks } from "./Lacks";
import { classNameOf } from "./useStyle";

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
              {shape && askedOf ? <Lacks shape={shape} askedOf={askedOf} /> : null}
              {shape?.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
            </div>
          );
        })}
      </div>
    </section>
  );
}
