import { IconCheck } from "@tabler/icons-react";
import { type ReactNode, useRef } from "react";
import type { Shapes } from "@/annotator/model";
import type { RelationType } from "@/annotator/text/relations";
import type { Campaign, LabelClass } from "@/api/types";
import { useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import styles from "./annotate.module.css";
import { classKeys } from "./classKeys";
import type { ConflictTurn } from "./conflictQueue";
import local from "./conflicts.module.css";
import { GuidelinePanel } from "./GuidelinePanel";
import { ClassList } from "./SidePanel";
import { useStanding } from "./standing";
import { useStage } from "./useStage";

interface OwnAnswerProps {
  turn: ConflictTurn;
  campaign: Campaign;
  classes: readonly LabelClass[];
  relations: readonly RelationType[];
  onSave: (shapes: Shapes) => void;
  onLeave: () => void;
  children: ReactNode;
}

/** An answer of the reviewer's own, with the tools of labeling. */
export function OwnAnswer({ turn, campaign, classes, relations, onSave, onLeave, children }: OwnAnswerProps) {
  const t = useT("conflicts");
  const annotate = useT("annotate");
  const { session, row } = turn;
  const { task } = campaign;
  const search = useRef<HTMLInputElement>(null);
  const stage = useStage({
    ...{ session, task, classes, relations, sample: row.sample, media: turn.media, mayChange: true },
  });
  const choose = (label: string | undefined) => label && stage.choose(label);
  const save = () => stage.handIn(() => onSave(session.shapes));
  useHotkeys("conflict", {
    ...classKeys(classes, choose),
    submit: save,
    undo: stage.undo,
    redo: stage.redo,
  });
  return (
    <>
      <header className={styles.strip}>
        {children}
        <Button onClick={onLeave}>{t("leaveOwn")}</Button>
        <Button variant="primary" icon={<IconCheck size={16} />} disabled={!stage.isComplete} onClick={save}>
          {t("saveOwn")}
        </Button>
      </header>
      <div className={styles.stageArea}>
        {stage.view}
        {turn.media ? null : <p className={`${styles.note} muted`}>{annotate("loading")}</p>}
      </div>
      <aside className={styles.side}>
        <section className={styles.section}>
          <p className={local.reason}>{useStanding(row)}</p>
        </section>
        <ClassList
          classes={classes}
          chosen={stage.chosen}
          onChoose={choose}
          searchRef={search}
          big={!stage.panel}
        />
        {campaign.guideline_number > 0 ? <GuidelinePanel campaign={campaign} /> : null}
        {stage.panel}
      </aside>
    </>
  );
}
