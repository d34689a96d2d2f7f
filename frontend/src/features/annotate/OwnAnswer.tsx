import { IconCheck } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import type { BoxEditor } from "@/annotator/editor";
import type { Shapes } from "@/annotator/model";
import { classesOf, classOf, classStep, toggleStep } from "@/annotator/tools/class";
import { hasPlaces, hasSeveralClasses } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import styles from "./annotate.module.css";
import { BoxTools } from "./BoxTools";
import { useBoxKeys } from "./boxKeys";
import { Canvas, useEditor } from "./Canvas";
import { classKeys } from "./classKeys";
import type { ConflictTurn } from "./conflictQueue";
import local from "./conflicts.module.css";
import { GuidelinePanel } from "./Guideline";
import { Objects } from "./ShapePanel";
import { ClassList } from "./SidePanel";
import { useShapeKeys } from "./shapeKeys";
import { useStanding } from "./standing";
import { toolsOf } from "./tools";
import { useSession } from "./useSession";
import { useStyle } from "./useStyle";

interface OwnAnswerProps {
  turn: ConflictTurn;
  campaign: Campaign;
  classes: readonly LabelClass[];
  onSave: (shapes: Shapes) => void;
  onLeave: () => void;
  children: ReactNode;
}

/** An answer of the reviewer's own, with the tools of labeling. */
export function OwnAnswer({ turn, campaign, classes, onSave, onLeave, children }: OwnAnswerProps) {
  const t = useT("conflicts");
  const annotate = useT("annotate");
  const { session, row } = turn;
  const isPlaced = hasPlaces(campaign.task);
  const isSeveral = hasSeveralClasses(campaign.task);
  const shapes = useSession(session);
  const [editor, setEditor] = useState<BoxEditor | null>(null);
  const state = useEditor(editor);
  const [withFill, setWithFill] = useState(true);
  const style = useStyle(classes, withFill);
  const search = useRef<HTMLInputElement>(null);
  const chosen = isPlaced ? [state.label] : classesOf(shapes);
  const isComplete = isPlaced || isSeveral || classOf(shapes) !== null;
  const choose = (label: string | undefined) => {
    if (!label) return;
    if (isPlaced) editor?.setLabel(label);
    else {
      const step = isSeveral ? toggleStep : classStep;
      session.commit(step(session.shapes, label, crypto.randomUUID()));
    }
  };
  const save = () => {
    if (!editor?.finish() && isComplete) onSave(session.shapes);
  };
  useBoxKeys(editor, isPlaced, undefined, () => setWithFill(!withFill));
  useShapeKeys(editor, isPlaced);
  useHotkeys("conflict", {
    ...classKeys(classes, choose),
    submit: save,
    undo: () => (isPlaced ? editor?.undo() : session.undo()),
    redo: () => (isPlaced ? editor?.redo() : session.redo()),
  });
  const { name } = row.sample;
  const description = isPlaced
    ? annotate("canvasObjects", { name, count: shapes.length })
    : annotate("canvasClass", { name, label: chosen.map(style.nameOf).join(", ") });
  return (
    <>
      <header className={styles.strip}>
        {children}
        <Button onClick={onLeave}>{t("leaveOwn")}</Button>
        <Button variant="primary" icon={<IconCheck size={16} />} disabled={!isComplete} onClick={save}>
          {t("saveOwn")}
        </Button>
      </header>
      <div className={styles.stageArea}>
        <Canvas
          session={session}
          levels={turn.levels}
          style={style}
          firstLabel={classes[0]?.id ?? ""}
          tools={toolsOf(campaign.task)}
          description={description}
          onEditor={setEditor}
        />
        {isPlaced && editor ? <BoxTools editor={editor} tool={state.tool} /> : null}
        {turn.levels ? null : <p className={`${styles.note} muted`}>{annotate("loading")}</p>}
        <p className="visually-hidden" aria-live="polite">
          {state.announcement}
        </p>
      </div>
      <aside className={styles.side}>
        <section className={styles.section}>
          <p className={local.reason}>{useStanding(row)}</p>
        </section>
        <ClassList classes={classes} chosen={chosen} onChoose={choose} searchRef={search} big={!isPlaced} />
        {campaign.guideline ? <GuidelinePanel source={campaign.guideline} /> : null}
        {isPlaced && editor ? <Objects editor={editor} state={state} classes={classes} /> : null}
      </aside>
    </>
  );
}
