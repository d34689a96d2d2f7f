import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Session } from "@/annotator/session";
import type { SpanEditor } from "@/annotator/text/editor";
import type { RelationType } from "@/annotator/text/relations";
import { EMPTY, type SpanState } from "@/annotator/text/spans";
import type { Points } from "@/annotator/text/units";

/** A text whose stretches are marked. */
export interface MarkedText {
  readonly points: Points;
  readonly Editor: typeof SpanEditor;
}

export interface Spans {
  editor: SpanEditor | null;
  /** Without where the caret is, which the text alone shows. */
  state: SpanState;
}

/** The spans of a text that is on the stage, live; nothing where a task has none. */
export function useSpans(
  text: MarkedText | null,
  session: Session,
  asked: { askedOf: AskedOf; relations: readonly RelationType[] },
  mayChange: boolean,
): Spans {
  const { askedOf, relations } = asked;
  const [editor, setEditor] = useState<SpanEditor | null>(null);
  const { points, Editor } = text ?? {};
  useEffect(() => {
    if (!points || !Editor) return;
    const made = new Editor(points, session);
    setEditor(made);
    return () => {
      made.dispose();
      setEditor(null);
    };
  }, [points, Editor, session]);
  useLayoutEffect(() => {
    if (!editor) return;
    editor.readOnly = !mayChange;
    editor.askedOf = askedOf;
    editor.types = relations;
  }, [editor, askedOf, relations, mayChange]);
  const state = useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? nothing,
    () => editor?.held ?? EMPTY,
  );
  return { editor, state };
}

/** All of it, the caret too. */
export function useCaret(editor: SpanEditor | null): SpanState {
  return useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? nothing,
    () => editor?.current ?? EMPTY,
  );
}

const nothing = () => undefined;
