import { useEffect, useRef, useSyncExternalStore } from "react";
import { BoxEditor, type EditorState, type Spoken } from "@/annotator/editor";
import type { Levels } from "@/annotator/levels";
import type { Style } from "@/annotator/paint";
import type { Session } from "@/annotator/session";
import { translator } from "@/i18n";
import styles from "./annotate.module.css";

export interface CanvasProps {
  session: Session;
  levels: Levels | null;
  style: Style;
  firstLabel: string;
  readOnly: boolean;
  description: string;
  onEditor: (editor: BoxEditor) => void;
}

const SAY = {
  added: "sayAdded",
  deleted: "sayDeleted",
  selected: "saySelected",
  changed: "sayChanged",
} as const;

function sentence(spoken: Spoken, style: Style): string {
  const t = translator("annotate");
  if (spoken.kind === "undone") return t("sayUndone", { number: spoken.number });
  if (spoken.kind === "redone") return t("sayRedone", { number: spoken.number });
  return t(SAY[spoken.kind], { number: spoken.number, label: style.nameOf(spoken.label) });
}

/** The stage: one editor for as long as the page lives, given one item after another. */
export function Canvas({ session, levels, style, firstLabel, readOnly, description, onEditor }: CanvasProps) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<BoxEditor | null>(null);
  const latest = useRef({ style, firstLabel, onEditor });
  latest.current = { style, firstLabel, onEditor };

  useEffect(() => {
    if (!host.current) return;
    const { style: look, firstLabel: label } = latest.current;
    const made = new BoxEditor(
      host.current,
      look,
      label,
      (spoken) => sentence(spoken, latest.current.style),
      readOnly,
    );
    editor.current = made;
    latest.current.onEditor(made);
    return () => {
      made.dispose();
      editor.current = null;
    };
  }, [readOnly]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new editor (readOnly) must be given the item too
  useEffect(() => {
    editor.current?.open(levels, session);
    editor.current?.view.paint();
  }, [levels, session, readOnly]);

  useEffect(() => editor.current?.setStyle(style), [style]);

  return <div ref={host} className={styles.stage} role="img" aria-label={description} data-stage />;
}

const EMPTY: EditorState = {
  tool: "box",
  label: "",
  selection: new Set(),
  shapes: [],
  locked: new Set(),
  hidden: new Set(),
  announcement: "",
};

/** The editor's state, live. */
export function useEditor(editor: BoxEditor | null): EditorState {
  return useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? (() => undefined),
    () => editor?.current ?? EMPTY,
  );
}
