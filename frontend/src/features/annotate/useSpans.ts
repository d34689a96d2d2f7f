import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Session } from "@/annotator/session";
import { SpanEditor, type SpanState } from "@/annotator/text/editor";
import type { Points } from "@/annotator/text/units";

const NONE: SpanState = { shapes: [], caret: 0, anchor: 0, chosen: null, told: null };

export interface Spans {
  editor: SpanEditor | null;
  state: SpanState;
}

/** The spans of a text that is on the stage, live; nothing where a task has none. */
export function useSpans(
  points: Points | null,
  session: Session,
  askedOf: AskedOf,
  mayChange: boolean,
): Spans {
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
  }, [editor, askedOf, mayChange]);
  const state = useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? (() => undefined),
    () => editor?.current ?? NONE,
  );
  return { editor, state };
}
