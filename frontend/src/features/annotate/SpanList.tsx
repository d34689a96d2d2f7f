import { memo } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Style } from "@/annotator/paint";
import type { SpanEditor } from "@/annotator/text/editor";
import type { SpanShape, SpanState } from "@/annotator/text/spans";
import { useT } from "@/i18n";
import { cx, Swatch } from "@/ui";
import { Lacks } from "./Lacks";
import { MarkList, MarkRow, SHOWN } from "./MarkList";
import text from "./text.module.css";

interface SpanListProps {
  editor: SpanEditor;
  state: SpanState;
  style: Style;
  askedOf: AskedOf;
}

const READ = 80;

/** Every span as a line of a listbox that shares the text's choice. */
export function SpanList({ editor, state, style, askedOf }: SpanListProps) {
  const t = useT("annotate");
  const { shapes, chosen, readOnly } = state;
  return (
    <MarkList
      title={t("spans")}
      count={shapes.length}
      hint={readOnly ? null : chosen ? t("spanHint") : t("spansHint")}
      empty={t("spansEmpty")}
      active={chosen ? `span-${chosen}` : undefined}
      onWalk={(direction) => editor.walk(direction)}
    >
      {shapes.slice(0, SHOWN).map((span) => (
        <Row
          key={span.id}
          {...{ span, editor, style, askedOf }}
          isChosen={span.id === chosen}
          readOnly={readOnly}
        />
      ))}
    </MarkList>
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
    <MarkRow id={`span-${span.id}`} isChosen={isChosen} onChoose={() => editor.choose(span.id)}>
      <Swatch color={style.colorOf(span.label)} />
      <span className="ellipsis">
        {editor.points.slice(span.start, Math.min(span.end, span.start + READ)).join("")}
      </span>
      <span className={cx(text.of, "muted small ellipsis")}>{style.nameOf(span.label)}</span>
      {readOnly ? null : <Lacks shape={span} askedOf={askedOf} />}
      {span.source === "model" ? <span className="muted small">{t("suggestion")}</span> : null}
    </MarkRow>
  );
});
