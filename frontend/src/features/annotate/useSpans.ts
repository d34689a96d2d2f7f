import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Session } from "@/annotator/session";
import { EMPTY, SpanEditor, type SpanState } from "@/annotator/text/editor";
import type { RelationType } from "@/annotator/text/relations";
import type { Points } from "@/annotator/text/units";

export interface Spans {
  editor: SpanEditor | null;
  /** Without where the caret is, which the text alone shows. */
  state: SpanState;
}

/** The spans of a text that is on the stage, live; nothing where a task has none. */
export function useSpans(
  points: Points | null,
  session: Session,
  asked: { askedOf: AskedOf; relations: readonly RelationType[] },
  mayChange: boolean,
): Spans {
  const { askedOf, relations } = asked;
  const [editor, setEditor] = useState<SpanEditor | null>(null);
  useEffect(() => {
    if (!points) return;
    const made = new SpanEditor(points, session);
    setEditor(made);
    return () => {
      made.dispose();
      setEditor(null);
    };
  }, [points, session]);
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
