import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconArrowLeft,
  IconCornerDownLeft,
  IconPlayerSkipForward,
  IconRotate2,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Campaign } from "@/api/types";
import { keycaps } from "@/hotkeys/registry";
import { useT } from "@/i18n";
import { Button, IconButton, Kbd, Tooltip } from "@/ui";
import styles from "./annotate.module.css";
import type { Work, WorkQueue } from "./queue";
import { StatusLine } from "./StatusLine";

export interface StripProps {
  queue: WorkQueue;
  work: Work;
  campaign: Campaign;
  onSkip: () => void;
  onSubmit: () => void;
  canSubmit: boolean;
}

/** The way out on the left, the state in the middle, the next step on the right. */
export function Strip({ queue, work, campaign, onSkip, onSubmit, canSubmit }: StripProps) {
  const t = useT("annotate");
  const { session } = work;
  return (
    <header className={styles.strip}>
      <BackLink campaign={campaign} />
      <h1 className="ellipsis">{campaign.name}</h1>
      <span className="muted small num">{t("left", { count: queue.remaining })}</span>
      <span className={styles.divider} />
      <StatusLine
        status={session.status}
        pendingElsewhere={queue.pending - session.pending}
        refusal={queue.refusal}
      />
      <span className={styles.spacer} />
      <IconButton
        label={t("undo")}
        hint={<Caps code="KeyZ" mod />}
        disabled={!session.canUndo}
        onClick={() => session.undo()}
      >
        <IconArrowBackUp size={18} stroke={1.6} />
      </IconButton>
      <IconButton
        label={t("redo")}
        hint={<Caps code="KeyZ" mod shift />}
        disabled={!session.canRedo}
        onClick={() => session.redo()}
      >
        <IconArrowForwardUp size={18} stroke={1.6} />
      </IconButton>
      <IconButton
        label={t("takeBackHint")}
        hint={<Caps code="KeyU" />}
        disabled={!queue.previous}
        onClick={() => queue.takeBack()}
      >
        <IconRotate2 size={18} stroke={1.6} />
      </IconButton>
      <span className={styles.divider} />
      <Button
        variant="quiet"
        icon={<IconPlayerSkipForward size={16} />}
        trailing={<Kbd>S</Kbd>}
        onClick={onSkip}
      >
        {t("skip")}
      </Button>
      <Button
        variant="primary"
        trailing={<IconCornerDownLeft size={16} aria-hidden />}
        disabled={!canSubmit}
        onClick={onSubmit}
      >
        {t("submit")}
      </Button>
    </header>
  );
}

export function BackLink({ campaign }: { campaign: Campaign }) {
  const t = useT("annotate");
  return (
    <Tooltip label={t("back")}>
      <Link
        to="/p/$project/tasks"
        params={{ project: campaign.project }}
        aria-label={t("back")}
        className={styles.back}
      >
        <IconArrowLeft size={18} stroke={1.6} />
      </Link>
    </Tooltip>
  );
}

function Caps(key: { code: string; mod?: boolean; shift?: boolean }) {
  return (
    <>
      {keycaps(key).map((cap) => (
        <Kbd key={cap}>{cap}</Kbd>
      ))}
    </>
  );
}
