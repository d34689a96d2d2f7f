import { IconBook2, IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { lazy, Suspense, useRef, useState } from "react";
import type { RelationType } from "@/annotator/text/relations";
import { hasClassSet, hasOneClass } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, Kbd, toast } from "@/ui";
import styles from "./annotate.module.css";
import { classKeys } from "./classKeys";
import { GuidelinePanel } from "./GuidelinePanel";
import type { ReviewQueue, ReviewTurn } from "./reviewQueue";
import { ClassList } from "./SidePanel";
import { BackLink } from "./Strip";
import { useSession } from "./useSession";
import { useStage } from "./useStage";

const Questions = lazy(() => import("./Questions").then((module) => ({ default: module.Questions })));
const ExampleDialog = lazy(() =>
  import("./ExampleDialog").then((module) => ({ default: module.ExampleDialog })),
);
const ReasonDialog = lazy(() =>
  import("./ReasonDialog").then((module) => ({ default: module.ReasonDialog })),
);

export interface ReviewBenchProps {
  queue: ReviewQueue;
  turn: ReviewTurn;
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
}

/** One submitted answer on the stage: read-only until "fix". */
export function ReviewBench({ queue, turn, campaign, classes, relations }: ReviewBenchProps) {
  const t = useT("annotate");
  const guidelines = useT("guidelines");
  const { session, item } = turn;
  const [fixing, setFixing] = useState<string | null>(null);
  const [rejecting, setRejecting] = useState(false);
  const [showing, setShowing] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  useSession(session);
  const isFixing = isBeingFixed(turn, fixing);
  const { task } = campaign;
  const stage = useStage({
    ...{ session, task, classes, relations, sample: item.sample, media: turn.media, mayChange: isFixing },
  });
  const isPlaced = !hasOneClass(task) && !hasClassSet(task);

  const decide = (verdict: "accept" | "fix" | "reject", reason?: string) => {
    setFixing(null);
    setRejecting(false);
    queue.decide(verdict, reason).catch((error: unknown) => toast(errorText(error), { tone: "bad" }));
  };
  const saveFix = () => stage.handIn(() => decide("fix"));
  const choose = (label: string | undefined) => label && stage.choose(label);
  useHotkeys("review", {
    accept: () => !isFixing && decide("accept"),
    reject: () => !isFixing && setRejecting(true),
    fix: () => setFixing(item.id),
    nextTask: () => queue.pass(),
    submit: () => isFixing && saveFix(),
    undo: stage.undo,
    redo: stage.redo,
    ...classKeys(classes, choose),
  });
  return (
    <div className={styles.frame} data-item={item.id}>
      <header className={styles.strip}>
        <BackLink campaign={campaign} />
        <h1 className="ellipsis">{campaign.name}</h1>
        <span className="muted small num">{t("left", { count: queue.remaining })}</span>
        {item.author ? <span className="muted small ellipsis">{t("by", { name: item.author })}</span> : null}
        <span className={styles.spacer} />
        {isFixing ? null : (
          <Button variant="quiet" icon={<IconBook2 size={16} />} onClick={() => setShowing(true)}>
            {guidelines("asExample")}
          </Button>
        )}
        <Verdicts
          isFixing={isFixing}
          onAccept={() => decide("accept")}
          onReject={() => setRejecting(true)}
          onFix={() => setFixing(item.id)}
          onSave={saveFix}
          onCancel={() => {
            while (session.canUndo) session.undo();
            setFixing(null);
          }}
        />
      </header>
      <div className={styles.stageArea}>
        {stage.view}
        {turn.media ? null : <p className={`${styles.note} muted`}>{t("loading")}</p>}
      </div>
      <aside className={styles.side}>
        {isFixing || !isPlaced ? (
          <ClassList
            classes={classes}
            chosen={stage.chosen}
            onChoose={choose}
            searchRef={search}
            big={!isPlaced}
          />
        ) : null}
        {campaign.guideline_number > 0 ? <GuidelinePanel campaign={campaign} /> : null}
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
      <Suspense fallback={null}>
        {showing ? (
          <ExampleDialog campaign={campaign.id} item={item.id} onClose={() => setShowing(false)} />
        ) : null}
        <ReasonDialog
          open={rejecting}
          title={t("rejectTitle")}
          reasons={
            isPlaced
              ? [t("rejectMissing"), t("rejectWrongClass"), t("rejectLoose"), t("rejectExtra")]
              : [t("rejectWrongClass"), t("skipUnclear"), t("skipGuideline")]
          }
          onClose={() => setRejecting(false)}
          onChoose={(reason) => decide("reject", reason)}
        />
      </Suspense>
    </div>
  );
}

/** Changes from before a reload, or of a fix that was refused, are a fix that goes on. */
function isBeingFixed({ item, session }: ReviewTurn, begun: string | null): boolean {
  return begun === item.id || session.canUndo;
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
