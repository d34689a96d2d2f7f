import { lazy, type RefObject, Suspense, useEffect, useRef, useState } from "react";
import { confirmStep, isSuggested } from "@/annotator/model";
import type { RefusedAt, Session } from "@/annotator/session";
import type { RelationType } from "@/annotator/text/relations";
import { queryClient } from "@/api/query";
import { hasOneClass } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { SwitchField, toast } from "@/ui";
import styles from "./annotate.module.css";
import { classKeys } from "./classKeys";
import type { Work, WorkQueue } from "./queue";
import { ClassList } from "./SidePanel";
import { Strip } from "./Strip";
import { useStage } from "./useStage";

export interface WorkbenchProps {
  queue: WorkQueue;
  work: Work;
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
}

const GuidelinePanel = lazy(() =>
  import("./GuidelinePanel").then((module) => ({ default: module.GuidelinePanel })),
);
const Questions = lazy(() => import("./Questions").then((module) => ({ default: module.Questions })));
const ReasonDialog = lazy(() =>
  import("./ReasonDialog").then((module) => ({ default: module.ReasonDialog })),
);
const BrokenSample = lazy(() =>
  import("./BrokenSample").then((module) => ({ default: module.BrokenSample })),
);
const ConflictDialog = lazy(() =>
  import("./ConflictDialog").then((module) => ({ default: module.ConflictDialog })),
);

const AUTO_NEXT = "studio.autoNext";

/** One item on the stage with everything around it. */
export function Workbench({ queue, work, campaign, classes, relations }: WorkbenchProps) {
  const { session, item } = work;
  const { task } = campaign;
  const stage = useStage({
    ...{ session, task, classes, relations, sample: item.sample, media: work.media, mayChange: true },
    previous: () => queue.previous?.session.shapes ?? [],
    next: queue.next?.item.id,
  });
  const [guideline, setGuideline] = useState(campaign.guideline_number > 0);
  const [skipping, setSkipping] = useState(false);
  const [autoNext, setAutoNext] = useState(localStorage.getItem(AUTO_NEXT) === "1");
  const search = useRef<HTMLInputElement>(null);
  useClock(session);
  useRestored(queue);
  useReturned(queue, stage.point);

  const choose = (label: string | undefined) => {
    if (!label) return;
    stage.choose(label);
    if (autoNext && hasOneClass(task)) queue.submit();
  };
  const submit = () =>
    stage.handIn(() => {
      // Handing in is the word of a person, also for what a machine said and nobody touched.
      session.commit(confirmStep(session.shapes));
      queue.submit();
    });
  useHotkeys("annotate", {
    ...classKeys(classes, choose),
    findClass: () => search.current?.focus(),
    submit,
    skip: () => setSkipping(true),
    nextTask: () => queue.move(1),
    previousTask: () => queue.move(-1),
    undo: stage.undo,
    redo: stage.redo,
    takeBack: () => queue.takeBack(),
    confirmOne: () => session.commit(confirmStep(session.shapes, stage.selection)),
    confirmAll: () => session.commit(confirmStep(session.shapes)),
    guideline: () => setGuideline(!guideline),
  });
  return (
    <div className={styles.frame} data-item={item.id}>
      <Strip
        queue={queue}
        work={work}
        campaign={campaign}
        onSkip={() => setSkipping(true)}
        onSubmit={submit}
        canSubmit={stage.isComplete}
      />
      <div className={styles.stageArea}>
        {stage.view}
        <StageNotes queue={queue} work={work} onSkip={() => setSkipping(true)} />
      </div>
      <aside className={styles.side}>
        <ClassPanel
          classes={classes}
          chosen={stage.chosen}
          onChoose={choose}
          searchRef={search}
          big={!stage.panel}
          hasAutoNext={hasOneClass(task)}
          autoNext={autoNext}
          onAutoNext={(on) => {
            localStorage.setItem(AUTO_NEXT, on ? "1" : "0");
            setAutoNext(on);
          }}
        />
        <Suspense fallback={null}>{guideline ? <GuidelinePanel campaign={campaign} /> : null}</Suspense>
        {stage.panel}
        <Suspense fallback={null}>
          <Questions
            item={item.id}
            shapes={session.shapes}
            selected={stage.selected}
            onSelect={stage.select}
          />
        </Suspense>
      </aside>
      <SkipDialog open={skipping} onClose={() => setSkipping(false)} queue={queue} />
      {session.status.kind === "conflict" ? (
        <Suspense fallback={null}>
          <ConflictDialog
            session={session}
            theirs={session.status.theirs}
            media={work.media}
            style={stage.style}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

interface ClassPanelProps {
  classes: readonly LabelClass[];
  chosen: readonly string[];
  onChoose: (id: string) => void;
  searchRef: RefObject<HTMLInputElement | null>;
  big: boolean;
  hasAutoNext: boolean;
  autoNext: boolean;
  onAutoNext: (on: boolean) => void;
}

function ClassPanel({ hasAutoNext, autoNext, onAutoNext, ...list }: ClassPanelProps) {
  const t = useT("annotate");
  return (
    <>
      <ClassList {...list} />
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
  const { review } = work.item.annotation;
  if (work.isBroken) {
    return (
      <Suspense fallback={null}>
        <BrokenSample onRetry={() => queue.decode(work)} onSkip={onSkip} />
      </Suspense>
    );
  }
  if (queue.isGone) return <p className={`${styles.note} ${styles.noteBad}`}>{t("taskGone")}</p>;
  if (!work.media) return <p className={`${styles.note} muted`}>{t("loading")}</p>;
  const suggested = work.session.shapes.filter(isSuggested).length;
  if (suggested > 0) return <p className={styles.note}>{t("suggestedNote", { count: suggested })}</p>;
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
    <Suspense fallback={null}>
      <ReasonDialog
        open={open}
        title={t("skipTitle")}
        reasons={[t("skipUnclear"), t("skipQuality"), t("skipWrong"), t("skipGuideline")]}
        onClose={onClose}
        onChoose={choose}
      />
    </Suspense>
  );
}

/** Seconds in front of the item, while the page is in sight. */
function useClock(session: Session): void {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && session.spend(1), 1_000);
    return () => clearInterval(timer);
  }, [session]);
}

/** Something was refused after it was handed in: it is on the stage again; the classes are asked anew what it lacks. */
function useReturned(queue: WorkQueue, point: (at: RefusedAt) => void): void {
  const { returned } = queue;
  const [at, setAt] = useState<RefusedAt | null>(null);
  const latest = useRef(point);
  latest.current = point;
  useEffect(() => {
    if (!returned) return;
    queue.returned = null;
    toast(returned.reason, { tone: "bad" });
    // Behind the news of the classes, which come with the next turn of the loop.
    const show = () => setTimeout(() => setAt(returned));
    queryClient.invalidateQueries({ queryKey: ["campaign"] }).then(show, show);
  }, [returned, queue]);
  useEffect(() => {
    if (at) latest.current(at);
  }, [at]);
}

function useRestored(queue: WorkQueue): void {
  const t = useT("annotate");
  useEffect(() => {
    if (queue.restored > 0) toast(t("restored", { count: queue.restored }), { durationMs: 8_000 });
    queue.restored = 0;
  }, [queue, t]);
}
