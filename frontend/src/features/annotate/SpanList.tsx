import { memo, useEffect, useRef } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Style } from "@/annotator/paint";
import type { SpanEditor } from "@/annotator/text/editor";
import type { SpanShape, SpanState } from "@/annotator/text/spans";
import { useT } from "@/i18n";
import { cx, Swatch } from "@/ui";
import styles from "./annotate.module.css";
import { Lacks } from "./Lacks";
import text from "./text.module.css";

interface SpanListProps {
  editor: SpanEditor;
  state: SpanState;
  style: Style;
  askedOf: AskedOf;
}

const SHOWN = 500;
const READ = 80;

/** Every span as a line of a listbox that shares the text's choice. */
export function SpanList({ editor, state, style, askedOf }: SpanListProps) {
  const t = useT("annotate");
  const list = useRef<HTMLDivElement>(null);
  const { shapes, chosen, readOnly } = state;
  useEffect(() => {
    if (chosen) list.current?.querySelector(`[id="span-${chosen}"]`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <section className={cx(styles.section, styles.objects)}>
      <h2>
        <span>{t("spans")}</span>
        <span className="num">{shapes.length}</span>
      </h2>
      {readOnly ? null : <p className={styles.hint}>{chosen ? t("spanHint") : t("spansHint")}</p>}
      {shapes.length === 0 ? <p className="muted small">{t("spansEmpty")}</p> : null}
      <div
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t("spans")}
        aria-activedescendant={chosen ? `span-${chosen}` : undefined}
        className={cx(styles.scroll, styles.listbox)}
        hidden={shapes.length === 0}
        onKeyDown={(event) => {
          if (event.code !== "ArrowDown" && event.code !== "ArrowUp") return;
          event.preventDefault();
          event.stopPropagation();
          editor.walk(event.code === "ArrowDown" ? 1 : -1);
        }}
      >
        {shapes.slice(0, SHOWN).map((span) => (
          <Row
            key={span.id}
            {...{ span, editor, style, askedOf }}
            isChosen={span.id === chosen}
            readOnly={readOnly}
          />
        ))}
      </div>
    </section>
  );
}

interface RowProps extends Omit<SpanListProps, "state"> {
  span: SpanShape;
  isChosen: boolean;
  readOnly: boolean;
}

/** Hundreds of them are drawn again only where they change. */
const Row = memo(function Row({ span, isChosen, readOnly, editor, style, askedOf }: RowProps) {
  const t = useT("annotate");
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its options
    <div
      id={`span-${span.id}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      className={styles.object}
      onClick={() => editor.choose(span.id)}
    >
      <Swatch color={style.colorOf(span.label)} />
      <span className="ellipsis">
        {editor.points.slice(span.start, Math.min(span.end, span.start + READ)).join("")}
      </span>
      <span className={cx(text.of, "muted small ellipsis")}>{style.nameOf(span.label)}</span>
      {readOnly ? null : <Lacks shape={span} askedOf={askedOf} />}
      {span.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
    </div>
  );
});
