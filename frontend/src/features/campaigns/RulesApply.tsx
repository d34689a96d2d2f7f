import { useState } from "react";
import type { Campaign } from "@/api/types";
import { applyWeakRules, saveWeakRules, type WeakRule, type WeakRules } from "@/api/weakRules";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Button, Panel, Row, Stack, toast } from "@/ui";
import { ControlField } from "./ControlField";
import { editedFrom, sentOf, theirsIn } from "./rules";

interface ApplyProps {
  campaign: Campaign;
  saved: WeakRules;
  /** Those that say enough to be sent. */
  rules: readonly WeakRule[];
  isFaulty: boolean;
  isUnderWay: boolean;
  /** What somebody else has saved takes the place of these. */
  onTake: (theirs: WeakRules) => void;
}

/** Keep the rules, and have them say something of what waits; what others saved meanwhile is never overwritten unseen. */
export function RulesApply({ campaign, saved, rules, isFaulty, isUnderWay, onTake }: ApplyProps) {
  const t = useT("rules");
  const [seen, setSeen] = useState({ revision: saved.revision, written: writtenOf(saved) });
  const [control, setControl] = useState(0.05);
  const [theirs, setTheirs] = useState<WeakRules | null>(null);
  const [isBusy, setBusy] = useState(false);
  const written = JSON.stringify(rules);
  const isKept = seen.written === written;
  const keep = async () => {
    if (isKept) return seen.revision;
    const { revision } = await saveWeakRules(campaign.id, seen.revision, rules);
    setSeen({ revision, written });
    return revision;
  };
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      const current = theirsIn(error);
      if (current) setTheirs(current);
      else toast(errorText(error), { tone: "bad" });
    } finally {
      setBusy(false);
    }
  };
  const settle = (current: WeakRules, isTaken: boolean) => {
    setSeen({ revision: current.revision, written: writtenOf(current) });
    setTheirs(null);
    if (isTaken) onTake(current);
  };
  const isClosed = campaign.state === "closed";
  const cannot = isBusy || isFaulty || theirs !== null;
  return (
    <Panel>
      <Stack gap={12}>
        {theirs ? <Theirs theirs={theirs} onSettle={(isTaken) => settle(theirs, isTaken)} /> : null}
        <ControlField value={control} onChange={setControl} />
        <Row gap={8} wrap>
          <Button
            variant="primary"
            disabled={cannot || isUnderWay || isClosed || rules.length === 0}
            onClick={() => void run(async () => applyWeakRules(campaign.id, await keep(), control))}
          >
            {t("apply")}
          </Button>
          <Button disabled={cannot || isKept} onClick={() => void run(keep)}>
            {t("save")}
          </Button>
        </Row>
        <span className="muted small" role="status">
          {isClosed ? t("closed") : isUnderWay ? t("applying") : isKept ? null : t("unsaved")}
        </span>
      </Stack>
    </Panel>
  );
}

const writtenOf = ({ rules }: WeakRules): string => JSON.stringify(editedFrom(rules).map(sentOf));

function Theirs({ theirs, onSettle }: { theirs: WeakRules; onSettle: (isTaken: boolean) => void }) {
  const t = useT("rules");
  return (
    <div role="alert">
      <Stack gap={8}>
        <p>{t("theirs", { name: theirs.changed_by ?? "" })}</p>
        <Row gap={8} wrap>
          <Button onClick={() => onSettle(true)}>{t("theirsTake")}</Button>
          <Button variant="quiet" onClick={() => onSettle(false)}>
            {t("theirsKeep")}
          </Button>
        </Row>
      </Stack>
    </div>
  );
}
