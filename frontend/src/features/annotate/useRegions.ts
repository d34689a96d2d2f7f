import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Session } from "@/annotator/session";
import type { RegionEditor } from "@/annotator/sound/editor";
import { NO_REGIONS, type RegionState } from "@/annotator/sound/regions";

export interface Regions {
  editor: RegionEditor | null;
  state: RegionState;
}

/** A recording of so many seconds whose stretches are marked. */
export interface MarkedSound {
  readonly duration: number;
  readonly Editor: typeof RegionEditor;
}

/** The regions of a recording that is on the stage, live; nothing where a task has none. */
export function useRegions(
  sound: MarkedSound | null,
  session: Session,
  askedOf: AskedOf,
  mayChange: boolean,
  firstLabel: string,
): Regions {
  const [editor, setEditor] = useState<RegionEditor | null>(null);
  const { duration, Editor } = sound ?? {};
  useEffect(() => {
    if (duration === undefined || !Editor) return;
    const made = new Editor(duration, session, firstLabel);
    setEditor(made);
    return () => {
      made.dispose();
      setEditor(null);
    };
  }, [duration, Editor, session, firstLabel]);
  useLayoutEffect(() => {
    if (!editor) return;
    editor.readOnly = !mayChange;
    editor.askedOf = askedOf;
  }, [editor, askedOf, mayChange]);
  const state = useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? (() => undefined),
    () => editor?.current ?? NO_REGIONS,
  );
  return { editor, state };
}
