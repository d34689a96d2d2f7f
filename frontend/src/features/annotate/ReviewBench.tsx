import { IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useRef, useState } from "react";
import type { BoxEditor } from "@/annotator/editor";
import type { Style } from "@/annotator/paint";
import { classesOf, classStep, toggleStep } from "@/annotator/tools/class";
import { hasPlaces, hasSeveralClasses } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, Kbd, toast } from "@/ui";
import styles from "./annotate.module.css";
import { BoxTools } from "./BoxTools";
import { useBoxKeys } from "./boxKeys";
import { Canvas, useEditor } from "./Canvas";
import { classKeys } from "./classKeys";
import { GuidelinePanel } from "./Guideline";
import { ReasonDialog } from "./ReasonDialog";
import type { ReviewQueue, ReviewTurn } from "./reviewQueue";
import { Objects } from "./ShapePanel";
import { ClassList } from "./SidePanel";
import { BackLink } from "./Strip";
import { useShapeKeys } from "./shapeKeys";
import { toolsOf } from "./tools";
import { useSession } from "./useSession";
import { useStyle } from "./useStyle";

export interface ReviewBenchProps {
  queue: ReviewQueue;
  turn: ReviewTurn;
  campaign: Campaign;
  classes: readonly LabelClass[];
}

/** One submitted answer on the stage: read-only until "fix". */
export function ReviewBench({ queue, turn, campaign, classes }: ReviewBenchProps) {
  const t = useT("annotate");
  const { session, item } = turn;
  const isBoxes = hasPlaces(campaign.task);
  const shapes = useSession(session);
  const [editor, setEditor] = useState<BoxEditor | null>(null);
  const [fixing, setFixing] = useState<string | null>(null);
  const [rejecting, setRejecting] = useState(false);
  const [withFill, setWithFill] = useState(true);
  const state = useEditor(editor);
  const style = useStyle(classes, withFill);
  const search = useRef<HTMLInputElement>(null);
  const isFixing = isBeingFixed(turn, fixing);
  const chosen = isBoxes ? (isFixing ? [state.label] : []) : classesOf(shapes);

  const decide = (verdict: "accept" | "fix" | "reject", reason?: string) => {
    setFixing(null);
    setRejecting(false);
    queue.decide(verdict, reason).catch((error: unknown) => toast(errorText(error), { tone: "bad" }));
  };
  const choose = (label: string | undefined) => {
    if (!label || !isFixing) return;
    if (isBoxes) editor?.setLabel(label);
    else {
      const step = hasSeveralClasses(campaign.task) ? toggleStep : classStep;
      session.commit(step(session.shapes, label, crypto.randomUUID()));
    }
  };
  useBoxKeys(editor, isBoxes, undefined, () => setWithFill(!withFill));
  useShapeKeys(editor, isBoxes && isFixing);
  useHotkeys("review", {
    accept: () => !isFixing && decide("accept"),
    reject: () => !isFixing && setRejecting(true),
    fix: () => setFixing(item.id),
    nextTask: () => queue.pass(),
    submit: () => isFixing && !editor?.finish() && decide("fix"),
    undo: () => (isBoxes ? editor?.undo() : session.undo()),
    redo: () => (isBoxes ? editor?.redo() : session.redo()),
    ...classKeys(classes, choose),
  });
  const description = useDescription(turn, isBoxes, style);
  return (
    <div className={styles.frame} data-item={item.id}>
      <header className={styles.strip}>
        <BackLink campaign={campaign} />
        <h1 className="ellipsis">{campaign.name}</h1>
        <span className="muted small num">{t("left", { count: queue.remaining })}</span>
        {item.author ? <span className="muted small ellipsis">{t("by", { name: item.author })}</span> : null}
        <span className={styles.spacer} />
        <Verdicts
          isFixing={isFixing}
          onAccept={() => decide("accept")}
          onReject={() => setRejecting(true)}
          onFix={() => setFixing(item.id)}
          onSave={() => decide("fix")}
          onCancel={() => {
            while (session.canUndo) session.undo();
            setFixing(null);
          }}
        />
      </header>
      <div className={styles.stageArea}>
        <Canvas
          session={session}
          levels={turn.levels}
          style={style}
          firstLabel={classes[0]?.id ?? ""}
          tools={toolsOf(campaign.task, isFixing)}
          description={description}
          onEditor={setEditor}
        />
        {isBoxes && isFixing && editor ? <BoxTools editor={editor} tool={state.tool} /> : null}
        {turn.levels ? null : <p className={`${styles.note} muted`}>{t("loading")}</p>}
        <p className="visually-hidden" aria-live="polite">
          {state.announcement}
        </p>
      </div>
      <aside className={styles.side}>
        {isFixing || !isBoxes ? (
          <ClassList classes={classes} chosen={chosen} onChoose={choose} searchRef={search} big={!isBoxes} />
        ) : null}
        {campaign.guideline ? <GuidelinePanel source={campaign.guideline} /> : null}
        {isBoxes && editor ? <Objects editor={editor} state={state} classes={classes} /> : null}
      </aside>
      <ReasonDialog
        open={rejecting}
        title={t("rejectTitle")}
        reasons={
          isBoxes
            ? [t("rejectMissing"), t("rejectWrongClass"), t("rejectLoose"), t("rejectExtra")]
            : [t("rejectWrongClass"), t("skipUnclear"), t("skipGuideline")]
        }
        onClose={() => setRejecting(false)}
        onChoose={(reason) => decide("reject", reason)}
      />
    </div>
  );
}

/** Changes from before a reload, or of a fix that was refused, are a fix that goes on. */
function isBeingFixed({ item, session }: ReviewTurn, begun: string | null): boolean {
  return begun === item.id || session.canUndo;
}

function useDescription({ item, session }: ReviewTurn, isBoxes: boolean, style: Style): string {
  const t = useT("annotate");
  const { name } = item.sample;
  if (isBoxes) return t("canvasObjects", { name, count: session.shapes.length });
  return t("canvasClass", { name, label: classesOf(session.shapes).map(style.nameOf).join(", ") });
}

interface VerdictsProps {
  isFixing: boolean;
  onAccept: () => void;
  onReject: () => void;
  onFix: () => void;
  onSave: () => void;
  onCancel: () => void;
}

function Verdicts({ isFixing, onAccept, onReject, onFix, onSave, onCancel }: VerdictsProps) {
  const t = useT("annotate");
  if (isFixing) {
    return (
      <>
        <Button onClick={onCancel}>{t("cancelFix")}</Button>
        <Button variant="primary" icon={<IconCheck size={16} />} onClick={onSave}>
          {t("saveFix")}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button variant="quiet" icon={<IconPencil size={16} />} trailing={<Kbd>E</Kbd>} onClick={onFix}>
        {t("fix")}
      </Button>
      <Button icon={<IconX size={16} />} trailing={<Kbd>R</Kbd>} onClick={onReject}>
        {t("reject")}
      </Button>
      <Button variant="primary" icon={<IconCheck size={16} />} trailing={<Kbd>A</Kbd>} onClick={onAccept}>
        {t("accept")}
      </Button>
    </>
  );
}
