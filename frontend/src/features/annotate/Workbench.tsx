import { type RefObject, useEffect, useRef, useState } from "react";
import type { BoxEditor } from "@/annotator/editor";
import type { Session } from "@/annotator/session";
import { classesOf, classOf, classStep, toggleStep } from "@/annotator/tools/class";
import { hasPlaces, hasSeveralClasses } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, EmptyState, Row, SwitchField, toast } from "@/ui";
import styles from "./annotate.module.css";
import { BoxTools } from "./BoxTools";
import { useBoxKeys } from "./boxKeys";
import { Canvas, useEditor } from "./Canvas";
import { ConflictDialog } from "./ConflictDialog";
import { classKeys } from "./classKeys";
import { GuidelinePanel } from "./Guideline";
import type { Work, WorkQueue } from "./queue";
import { ReasonDialog } from "./ReasonDialog";
import { Objects } from "./ShapePanel";
import { ClassList } from "./SidePanel";
import { Strip } from "./Strip";
import { useShapeKeys } from "./shapeKeys";
import { toolsOf } from "./tools";
import { useSession } from "./useSession";
import { useStyle } from "./useStyle";

export interface WorkbenchProps {
  queue: WorkQueue;
  work: Work;
  campaign: Campaign;
  classes: readonly LabelClass[];
}

const AUTO_NEXT = "studio.autoNext";

/** One item on the stage with everything around it. */
export function Workbench({ queue, work, campaign, classes }: WorkbenchProps) {
  const t = useT("annotate");
  const { session, item } = work;
  const isBoxes = hasPlaces(campaign.task);
  const isSeveral = hasSeveralClasses(campaign.task);
  const shapes = useSession(session);
  const [editor, setEditor] = useState<BoxEditor | null>(null);
  const state = useEditor(editor);
  const [withFill, setWithFill] = useState(true);
  const [guideline, setGuideline] = useState(campaign.guideline !== "");
  const [skipping, setSkipping] = useState(false);
  const [autoNext, setAutoNext] = useState(localStorage.getItem(AUTO_NEXT) === "1");
  const search = useRef<HTMLInputElement>(null);
  const style = useStyle(classes, withFill);
  const chosen = isBoxes ? [state.label] : classesOf(shapes);
  useClock(session);
  useRestored(queue);

  const choose = (label: string | undefined) => {
    if (!label) return;
    if (isBoxes) editor?.setLabel(label);
    else {
      const step = isSeveral ? toggleStep : classStep;
      session.commit(step(session.shapes, label, crypto.randomUUID()));
      if (autoNext && !isSeveral) queue.submit();
    }
  };
  const submit = () => {
    if (editor?.finish()) return;
    if (isBoxes || isSeveral || classOf(session.shapes)) queue.submit();
  };
  useBoxKeys(
    editor,
    isBoxes,
    () => editor?.insert(queue.previous?.session.shapes ?? []),
    () => setWithFill(!withFill),
  );
  useShapeKeys(editor, isBoxes);
  useHotkeys("annotate", {
    ...classKeys(classes, choose),
    findClass: () => search.current?.focus(),
    submit,
    skip: () => setSkipping(true),
    nextTask: () => queue.move(1),
    previousTask: () => queue.move(-1),
    undo: () => (isBoxes ? editor?.undo() : session.undo()),
    redo: () => (isBoxes ? editor?.redo() : session.redo()),
    takeBack: () => queue.takeBack(),
    guideline: () => setGuideline(!guideline),
  });
  const description = isBoxes
    ? t("canvasObjects", { name: item.sample.name, count: shapes.length })
    : chosen.length > 0
      ? t("canvasClass", { name: item.sample.name, label: chosen.map(style.nameOf).join(", ") })
      : t("canvasNoClass", { name: item.sample.name });
  return (
    <div className={styles.frame} data-item={item.id}>
      <Strip
        queue={queue}
        work={work}
        campaign={campaign}
        onSkip={() => setSkipping(true)}
        onSubmit={submit}
        canSubmit={isBoxes || isSeveral || chosen.length > 0}
      />
      <div className={styles.stageArea}>
        <Canvas
          session={session}
          levels={work.levels}
          style={style}
          firstLabel={classes[0]?.id ?? ""}
          tools={toolsOf(campaign.task)}
          description={description}
          onEditor={setEditor}
        />
        {isBoxes && editor ? <BoxTools editor={editor} tool={state.tool} /> : null}
        <StageNotes queue={queue} work={work} onSkip={() => setSkipping(true)} />
        <p className="visually-hidden" aria-live="polite">
          {state.announcement}
        </p>
      </div>
      <aside className={styles.side}>
        <ClassPanel
          classes={classes}
          chosen={chosen}
          onChoose={choose}
          searchRef={search}
          isBoxes={isBoxes}
          hasAutoNext={!(isBoxes || isSeveral)}
          autoNext={autoNext}
          onAutoNext={(on) => {
            localStorage.setItem(AUTO_NEXT, on ? "1" : "0");
            setAutoNext(on);
          }}
        />
        {guideline ? <GuidelinePanel source={campaign.guideline} /> : null}
        {isBoxes && editor ? <Objects editor={editor} state={state} classes={classes} /> : null}
      </aside>
      <SkipDialog open={skipping} onClose={() => setSkipping(false)} queue={queue} />
      {session.status.kind === "conflict" ? (
        <ConflictDialog session={session} theirs={session.status.theirs} levels={work.levels} style={style} />
      ) : null}
    </div>
  );
}

interface ClassPanelProps {
  classes: readonly LabelClass[];
  chosen: readonly string[];
  onChoose: (id: string) => void;
  searchRef: RefObject<HTMLInputElement | null>;
  isBoxes: boolean;
  hasAutoNext: boolean;
  autoNext: boolean;
  onAutoNext: (on: boolean) => void;
}

function ClassPanel({ isBoxes, hasAutoNext, autoNext, onAutoNext, ...list }: ClassPanelProps) {
  const t = useT("annotate");
  return (
    <>
      <ClassList {...list} big={!isBoxes} />
      {hasAutoNext ? (
        <section className={styles.section}>
          <SwitchField label={t("autoNext")} checked={autoNext} onChange={onAutoNext} />
        </section>
      ) : null}
    </>
  );
}

function StageNotes({ queue, work, onSkip }: { queue: WorkQueue; work: Work; onSkip: () => void }) {
  const t = useT("annotate");
  const ui = useT("ui");
  const { review } = work.item.annotation;
  if (work.isBroken) {
    return (
      <div className={styles.center}>
        <EmptyState
          title={t("pictureBroken")}
          action={
            <Row>
              <Button onClick={() => queue.decode(work)}>{ui("retry")}</Button>
              <Button variant="primary" onClick={onSkip}>
                {t("skip")}
              </Button>
            </Row>
          }
        >
          {t("pictureBrokenHint")}
        </EmptyState>
      </div>
    );
  }
  if (!work.levels) return <p className={`${styles.note} muted`}>{t("loading")}</p>;
  if (review?.verdict === "reject")
    return (
      <p className={`${styles.note} ${styles.noteBad}`}>{t("rejectedBefore", { reason: review.reason })}</p>
    );
  return null;
}

function SkipDialog({ open, onClose, queue }: { open: boolean; onClose: () => void; queue: WorkQueue }) {
  const t = useT("annotate");
  const choose = (reason: string) => {
    onClose();
    queue.skip(reason).catch((error: unknown) => toast(errorText(error), { tone: "bad" }));
  };
  return (
    <ReasonDialog
      open={open}
      title={t("skipTitle")}
      reasons={[t("skipUnclear"), t("skipQuality"), t("skipWrong"), t("skipGuideline")]}
      onClose={onClose}
      onChoose={choose}
    />
  );
}

/** Seconds in front of the item, while the page is in sight. */
function useClock(session: Session): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && session.spend(1), 1_000);
    return () => clearInterval(timer);
  }, [session]);
}

function useRestored(queue: WorkQueue): void {
  const t = useT("annotate");
  useEffect(() => {
    if (queue.restored > 0) toast(t("restored", { count: queue.restored }), { durationMs: 8_000 });
    queue.restored = 0;
  }, [queue, t]);
}
