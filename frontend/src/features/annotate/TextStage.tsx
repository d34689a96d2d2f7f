import { type MouseEvent, useEffect, useMemo, useRef } from "react";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import type { SpanEditor } from "@/annotator/text/editor";
import { marksOf, relationsOf } from "@/annotator/text/relations";
import { type SpanShape, type SpanState, spansOf, type Told } from "@/annotator/text/spans";
import type { Points } from "@/annotator/text/units";
import { SpannedText } from "@/app/text/SpannedText";
import { type Handlers, useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { isOnControl } from "./onControl";
import { placeIn } from "./places";
import styles from "./text.module.css";
import { type Spans, useCaret } from "./useSpans";

interface TextStageProps {
  points: Points;
  shapes: Shapes;
  style: Style;
  spans: Spans;
  label: string;
}

/** A text on the stage. Where it has spans they are marked by keyboard, or by dragging over it. */
export function TextStage({ points, shapes, style, spans, label }: TextStageProps) {
  const t = useT("annotate");
  const { editor } = spans;
  const state = useCaret(editor);
  const caret = useRef<HTMLSpanElement>(null);
  const host = useRef<HTMLElement>(null);
  const marked = useMemo(() => spansOf(shapes), [shapes]);
  const marks = useMemo(() => marksOf(relationsOf(marked)), [marked]);
  const mayRelate = editor !== null && !state.readOnly && state.types.length > 0;
  useHotkeys("spans", editor ? keysOf(editor, caret) : {}, editor !== null);
  useHotkeys("relate", { relate: () => editor?.beginLink() }, mayRelate);
  useHotkeys("linking", editor ? linkingKeys(editor) : {}, state.linking !== null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is elsewhere after each move
  useEffect(() => {
    caret.current?.scrollIntoView({ block: "nearest" });
  }, [state.caret]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the next text is read from its beginning
  useEffect(() => {
    host.current?.scrollTo(0, 0);
  }, [points]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys of the page do all that the mouse does
    <section
      ref={host}
      className={styles.stage}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled by the keyboard too
      tabIndex={0}
      data-stage
      onClick={(event) => editor && select(editor, event)}
    >
      <SpannedText
        points={points}
        spans={marked}
        colorOf={style.colorOf}
        nameOf={style.nameOf}
        caret={editor ? state.caret : null}
        selection={editor?.selection ?? null}
        chosen={state.chosen}
        second={secondOf(state)}
        marks={marks}
        caretRef={caret}
      />
      <p className="visually-hidden" aria-live="polite">
        {state.told ? sentence(state.told, points, style, t) : ""}
      </p>
    </section>
  );
}

const SAY = {
  added: "saySpanAdded",
  deleted: "saySpanDeleted",
  chosen: "saySpanChosen",
  changed: "saySpanChanged",
  again: "saySpanAgain",
  nothing: "saySpanNothing",
  undone: "saySpanUndone",
  redone: "saySpanRedone",
  linking: "sayLinking",
  leadsTo: "sayLeadsTo",
  leadsNowhere: "sayLeadsNowhere",
  linked: "sayLinked",
  unlinked: "sayUnlinked",
} as const;

function sentence(told: Told, points: Points, style: Style, t: ReturnType<typeof useT<"annotate">>): string {
  if (told.kind === "selected") return told.text;
  const wordsOf = ({ start, end }: SpanShape) => points.slice(start, end).join("");
  if (told.kind === "linked" || told.kind === "unlinked") {
    const type = style.relationOf?.(told.type)?.name ?? "?";
    return t(SAY[told.kind], { from: wordsOf(told.from), to: wordsOf(told.to), type });
  }
  if (!("span" in told)) return t(SAY[told.kind]);
  return t(SAY[told.kind], { text: wordsOf(told.span), label: style.nameOf(told.span.label) });
}

/** The other span of a relation that is being made or pointed at. */
function secondOf({ linking, relation, shapes }: SpanState): string | null {
  if (linking) return linking.to;
  if (relation === null) return null;
  return relationsOf(shapes).find(({ key }) => key === relation)?.to.id ?? null;
}

/** A drag selects, a press puts the caret there or chooses the span below it; with Alt to the sign, not the word. */
function select(editor: SpanEditor, event: MouseEvent): void {
  const chosen = window.getSelection();
  const from = placeIn(chosen?.anchorNode ?? null, chosen?.anchorOffset ?? 0);
  const to = placeIn(chosen?.focusNode ?? null, chosen?.focusOffset ?? 0);
  chosen?.removeAllRanges();
  if (from === null || to === null) return;
  if (from !== to) editor.select({ start: Math.min(from, to), end: Math.max(from, to) }, event.altKey);
  else if (!editor.chooseAt(to)) editor.moveTo(to);
}

type CaretRef = Readonly<{ current: HTMLSpanElement | null }>;

function keysOf(editor: SpanEditor, caret: CaretRef): Handlers {
  const line = (direction: 1 | -1, isExtending: boolean) => {
    const place = placeBeside(caret.current, direction);
    if (place !== null) editor.moveTo(place, isExtending);
  };
  return {
    placeLeft: () => editor.move("place", -1, false),
    placeRight: () => editor.move("place", 1, false),
    extendLeft: () => editor.move("place", -1, true),
    extendRight: () => editor.move("place", 1, true),
    wordLeft: () => editor.move("word", -1, false),
    wordRight: () => editor.move("word", 1, false),
    extendWordLeft: () => editor.move("word", -1, true),
    extendWordRight: () => editor.move("word", 1, true),
    lineUp: () => line(-1, false),
    lineDown: () => line(1, false),
    extendUp: () => line(-1, true),
    extendDown: () => line(1, true),
    textStart: () => editor.moveTo(0),
    textEnd: () => editor.moveTo(editor.points.length),
    nextSpan: (event) => !isOnControl(event) && editor.walk(1),
    previousSpan: (event) => !isOnControl(event) && editor.walk(-1),
    deleteSpan: () => editor.remove(),
    letGo: () => editor.clear(),
  };
}

/** While a relation is made, the arrows and Tab walk to where it leads, and digits are its types. */
function linkingKeys(editor: SpanEditor): Handlers {
  const digits = Array.from({ length: 18 }, (_, place) => [
    `class${place + 1}`,
    () => {
      const type = editor.linkTypes[place];
      if (type) editor.link(type.id);
    },
  ]);
  return {
    ...Object.fromEntries(digits),
    makeRelation: () => editor.link(),
    nextEnd: (event) => (isOnControl(event) && event.code === "Tab" ? false : editor.walkLink(1)),
    previousEnd: (event) => (isOnControl(event) && event.code === "Tab" ? false : editor.walkLink(-1)),
    endLinking: () => editor.endLink(),
  };
}

/** The place a line above or below the caret, as the text is laid out now. */
function placeBeside(caret: HTMLSpanElement | null, direction: 1 | -1): number | null {
  if (!caret?.parentElement) return null;
  const { left, top, bottom } = caret.getBoundingClientRect();
  const height = Number.parseFloat(getComputedStyle(caret.parentElement).lineHeight);
  const found = document.caretPositionFromPoint?.(left, (top + bottom) / 2 + direction * height);
  return placeIn(found?.offsetNode ?? null, found?.offset ?? 0);
}
