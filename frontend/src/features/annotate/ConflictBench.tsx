import {
  IconArrowRight,
  IconCornerDownLeft,
  IconLayoutGrid,
  IconPencil,
  IconStack2,
} from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import type { RelationType } from "@/annotator/text/relations";
import type { Consensus, Resolution } from "@/api/consensus";
import { hasPlaces, hasRegions, hasSpans } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { errorText } from "@/app/errorText";
import { type Handlers, useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, EmptyState, Kbd, toast } from "@/ui";
import { AnswerList, useAuthor } from "./AnswerList";
import { AnswerOverlay, AnswerPanes } from "./AnswerViews";
import styles from "./annotate.module.css";
import { beginStep, momentOf, resolutionOf } from "./answers";
import type { ConflictQueue, ConflictTurn } from "./conflictQueue";
import local from "./conflicts.module.css";
import { GuidelinePanel } from "./GuidelinePanel";
import { BackLink } from "./Strip";
import { useStanding } from "./standing";
import { type Choosing, useChoice } from "./useChoice";
import { useSession } from "./useSession";
import { useStyle } from "./useStyle";

/** Whoever only chooses does not wait for the tools of drawing. */
const loadOwn = () => import("./OwnAnswer");
const OwnAnswer = lazy(() => loadOwn().then((module) => ({ default: module.OwnAnswer })));

export interface ConflictBenchProps {
  queue: ConflictQueue;
  turn: ConflictTurn;
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
}

/** One sample on which people do not agree: their answers, until one is chosen or another is given. */
export function ConflictBench({ queue, turn, campaign, classes, relations }: ConflictBenchProps) {
  const { row, session } = turn;
  const [begun, setBegun] = useState<string | null>(null);
  const choosing = useChoice(row);
  useSession(session);
  useEffect(() => void loadOwn(), []);
  // What was drawn before a reload, or refused, goes on; but not before one has seen what somebody else decided.
  const isOwn = begun === momentOf(row) || (session.canUndo && !turn.isNews);
  const decide = (resolution: Resolution) => {
    setBegun(null);
    queue.decide(resolution).catch((error: unknown) => toast(errorText(error), { tone: "bad" }));
  };
  const begin = () => {
    const from = choosing.chosen?.shapes ?? row.shapes;
    if (!session.canUndo) session.commit(beginStep(session.shapes, from, () => crypto.randomUUID()));
    setBegun(momentOf(row));
  };
  const leave = () => {
    while (session.canUndo) session.undo();
    setBegun(null);
  };
  const shared = { turn, campaign, classes, relations };
  return (
    <div className={styles.frame} data-item={row.id}>
      {isOwn ? (
        <Suspense fallback={null}>
          <OwnAnswer {...shared} onSave={(shapes) => decide({ shapes })} onLeave={leave}>
            <Where queue={queue} campaign={campaign} />
          </OwnAnswer>
        </Suspense>
      ) : (
        <Choose {...shared} queue={queue} choosing={choosing} onOwn={begin} onDecide={decide}>
          <Where queue={queue} campaign={campaign} />
        </Choose>
      )}
    </div>
  );
}

function Where({ queue, campaign }: { queue: ConflictQueue; campaign: Campaign }) {
  const t = useT("annotate");
  return (
    <>
      <BackLink campaign={campaign} />
      <h1 className="ellipsis">{campaign.name}</h1>
      <span className="muted small num">{t("left", { count: queue.remaining })}</span>
      <span className={styles.spacer} />
    </>
  );
}

interface ChooseProps extends ConflictBenchProps {
  choosing: Choosing;
  onOwn: () => void;
  onDecide: (resolution: Resolution) => void;
  children: ReactNode;
}

const CHOOSE = ["class1", "class2", "class3", "class4", "class5"] as const;
const SHOW = ["class10", "class11", "class12", "class13", "class14"] as const;

/** Digits choose an answer, with Shift they show or hide it; 0 is what is agreed. */
function answerKeys({ choose, toggle }: Choosing): Handlers {
  const handlers: Handlers = { agreedPart: () => choose(0), agreedShown: () => toggle(0) };
  CHOOSE.forEach((action, at) => {
    handlers[action] = () => choose(at + 1);
  });
  SHOW.forEach((action, at) => {
    handlers[action] = () => toggle(at + 1);
  });
  return handlers;
}

function Choose({
  queue,
  turn,
  campaign,
  classes,
  relations,
  choosing,
  onOwn,
  onDecide,
  children,
}: ChooseProps) {
  const { row } = turn;
  const isHeard = hasRegions(campaign.task);
  const isPlaced = hasPlaces(campaign.task) || hasSpans(campaign.task) || isHeard;
  const style = useStyle(classes, true, relations);
  const [wantsApart, arrange] = useArrangement();
  // One player and one ruler for all: a recording is heard, with the answers below one another.
  const canArrange = isPlaced && !isHeard;
  const isApart = canArrange && wantsApart;
  const take = () => {
    const resolution = choosing.chosen && resolutionOf(row, choosing.chosen.place);
    if (!resolution) return false;
    onDecide(resolution);
    return true;
  };
  useHotkeys("conflict", {
    ...answerKeys(choosing),
    fix: onOwn,
    nextTask: () => queue.pass(),
    arrange: () => canArrange && arrange(),
    submit: take,
  });
  const views = { turn, choosing, style, hasPlaces: isPlaced };
  return (
    <>
      <header className={styles.strip}>
        {children}
        <Actions
          isApart={canArrange ? isApart : null}
          canTake={choosing.chosen !== undefined}
          onArrange={arrange}
          onLater={() => queue.pass()}
          onOwn={onOwn}
          onTake={take}
        />
      </header>
      <div className={styles.stageArea}>
        {isApart ? <AnswerPanes {...views} /> : <AnswerOverlay {...views} />}
        <StageNote queue={queue} turn={turn} />
        <Chosen row={row} choosing={choosing} />
      </div>
      <aside className={styles.side}>
        <section className={styles.section}>
          <p className={local.reason}>{useStanding(row)}</p>
        </section>
        <AnswerList choosing={choosing} style={style} hasPlaces={isPlaced} />
        {campaign.guideline_number > 0 ? <GuidelinePanel campaign={campaign} /> : null}
      </aside>
    </>
  );
}

interface ActionsProps {
  /** Null where answers have no places to be seen. */
  isApart: boolean | null;
  canTake: boolean;
  onArrange: () => void;
  onLater: () => void;
  onOwn: () => void;
  onTake: () => void;
}

function Actions({ isApart, canTake, onArrange, onLater, onOwn, onTake }: ActionsProps) {
  const t = useT("conflicts");
  return (
    <>
      {isApart === null ? null : (
        <Button
          variant="quiet"
          icon={isApart ? <IconStack2 size={16} /> : <IconLayoutGrid size={16} />}
          trailing={<Kbd>G</Kbd>}
          onClick={onArrange}
        >
          {isApart ? t("overlay") : t("apart")}
        </Button>
      )}
      <Button variant="quiet" icon={<IconArrowRight size={16} />} trailing={<Kbd>D</Kbd>} onClick={onLater}>
        {t("later")}
      </Button>
      <Button icon={<IconPencil size={16} />} trailing={<Kbd>E</Kbd>} onClick={onOwn}>
        {t("own")}
      </Button>
      <Button
        variant="primary"
        trailing={<IconCornerDownLeft size={16} aria-hidden />}
        disabled={!canTake}
        onClick={onTake}
      >
        {t("take")}
      </Button>
    </>
  );
}

function StageNote({ queue, turn }: { queue: ConflictQueue; turn: ConflictTurn }) {
  const t = useT("conflicts");
  const annotate = useT("annotate");
  const ui = useT("ui");
  if (turn.isBroken) {
    return (
      <div className={styles.center}>
        <EmptyState
          title={annotate("pictureBroken")}
          action={<Button onClick={() => queue.decode(turn)}>{ui("retry")}</Button>}
        >
          {t("broken")}
        </EmptyState>
      </div>
    );
  }
  if (turn.isNews) {
    const { decided_by: by } = turn.row;
    return (
      <p className={`${styles.note} ${styles.noteBad}`} role="alert">
        {by ? t("decidedMeanwhile", { name: by }) : t("changedMeanwhile")}
      </p>
    );
  }
  return turn.media ? null : <p className={`${styles.note} muted`}>{annotate("loading")}</p>;
}

/** What is chosen, for those who do not see it. */
function Chosen({ row, choosing: { chosen } }: { row: Consensus; choosing: Choosing }) {
  const t = useT("conflicts");
  const authorOf = useAuthor();
  return (
    <p className="visually-hidden" aria-live="polite">
      {chosen
        ? t("sayChosen", { name: row.sample.name, author: authorOf(chosen) })
        : t("sayNothing", { name: row.sample.name })}
    </p>
  );
}

const ARRANGEMENT = "studio.conflicts.overlay";

/** Whether answers are side by side or over one another; remembered on the device. */
function useArrangement(): [isApart: boolean, change: () => void] {
  const [isApart, setApart] = useState(localStorage.getItem(ARRANGEMENT) !== "1");
  return [
    isApart,
    () => {
      localStorage.setItem(ARRANGEMENT, isApart ? "1" : "0");
      setApart(!isApart);
    },
  ];
}
