import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";
import type { AskedOf } from "@/annotator/asking";
import type { Session } from "@/annotator/session";
import { NO_REGIONS, RegionEditor, type RegionState } from "@/annotator/sound/editor";

export interface Regions {
  editor: RegionEditor | null;
  state: RegionState;
}

/** The regions of a recording of so many seconds that is on the stage, live; nothing where a task has none. */
export function useRegions(
  duration: number | null,
  session: Session,
  askedOf: AskedOf,
  mayChange: boolean,
  firstLabel: string,
): Regions {
  const [editor, setEditor] = useState<RegionEditor | null>(null);
  useEffect(() => {
    if (duration === null) return;
    const made = new RegionEditor(duration, session, firstLabel);
    setEditor(made);
    return () => {
      made.dispose();
      setEditor(null);
    };
  }, [duration, session, firstLabel]);
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
