import { useEffect, useRef, useSyncExternalStore } from "react";
import { BoxEditor, type EditorState, type Spoken, type ToolName } from "@/annotator/editor";
import type { Levels } from "@/annotator/levels";
import type { Cutter } from "@/annotator/magicHand";
import type { Style } from "@/annotator/paint";
import type { Session } from "@/annotator/session";
import { translator } from "@/i18n";
import styles from "./annotate.module.css";

export interface CanvasProps {
  session: Session;
  levels: Levels | null;
  style: Style;
  firstLabel: string;
  /** What may be drawn; nothing where shapes are only looked at. Must be the same array from one time to the next. */
  tools: readonly ToolName[];
  description: string;
  /** Finds what somebody points at in the present picture. */
  cutter?: Cutter;
  onEditor: (editor: BoxEditor) => void;
}

const SAY = {
  added: "sayAdded",
  deleted: "sayDeleted",
  selected: "saySelected",
  changed: "sayChanged",
  reshaped: "sayReshaped",
} as const;
const VISIBLE = ["absent", "hiddenPoint", "seen"] as const;

function sentence(spoken: Spoken, style: Style): string {
  const t = translator("annotate");
  if ("shape" in spoken) {
    const { kind, number, label, shape } = spoken;
    return t(SAY[kind], { number, label: style.nameOf(label), kind: t(`kind_${shape}` as "kind_box") });
  }
  if (spoken.kind === "told") return t(spoken.what);
  if (spoken.kind === "corner") {
    const { number, label, visible } = spoken;
    if (visible === null) return t("sayCorner", { number });
    return t("sayJoint", { number, name: label, state: t(VISIBLE[visible] ?? "absent") });
  }
  return t(spoken.kind === "undone" ? "sayUndone" : "sayRedone", { number: spoken.number });
}

/** The stage: one editor for as long as the page lives, given one item after another. */
export function Canvas(props: CanvasProps) {
  const { session, levels, style, firstLabel, tools, description, cutter, onEditor } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<BoxEditor | null>(null);
  const latest = useRef({ style, firstLabel, cutter, onEditor });
  latest.current = { style, firstLabel, cutter, onEditor };

  useEffect(() => {
    if (!host.current) return;
    const { style: look, firstLabel: label } = latest.current;
    const made = new BoxEditor(host.current, {
      style: look,
      label,
      tools,
      cutter: (prompt) => latest.current.cutter?.(prompt) ?? Promise.reject(new Error("nobody to ask")),
      say: (spoken) => sentence(spoken, latest.current.style),
    });
    editor.current = made;
    latest.current.onEditor(made);
    return () => {
      made.dispose();
      editor.current = null;
    };
  }, [tools]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new editor (tools) must be given the item too
  useEffect(() => {
    editor.current?.open(levels, session);
    editor.current?.view.paint();
  }, [levels, session, tools]);

  useEffect(() => editor.current?.setStyle(style, latest.current.firstLabel), [style]);

  return <div ref={host} className={styles.stage} role="img" aria-label={description} data-stage />;
}

const EMPTY: EditorState = {
  tool: "box",
  label: "",
  selection: new Set(),
  shapes: [],
  locked: new Set(),
  hidden: new Set(),
  active: null,
  drafted: 0,
  brush: 12,
  magic: "idle",
  announcement: "",
};

/** The editor's state, live. */
export function useEditor(editor: BoxEditor | null): EditorState {
  return useSyncExternalStore(
    (notify) => editor?.subscribe(notify) ?? (() => undefined),
    () => editor?.current ?? EMPTY,
  );
}
