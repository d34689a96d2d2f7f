import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { membersQuery } from "@/api/projects";
import type { Campaign } from "@/api/types";
import { MAX_MOVED, moveWork } from "@/api/work";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, CheckboxField, ChoiceCards, Dialog, NumberField, Stack, toast } from "@/ui";
import type { Holder } from "./WorkPeople";

/** Roles that may label. */
const ABLE: readonly string[] = ["manager", "modeler", "reviewer", "annotator"];

export interface MoveDialogProps {
  campaign: Campaign;
  holder: Holder;
  people: readonly string[];
  onClose: () => void;
}

/** To whom, how many, and whether what was begun goes along: with as many as there are, two clicks are enough. */
export function MoveDialog({ campaign, holder, people, onClose }: MoveDialogProps) {
  const t = useT("workload");
  const members = useQuery(membersQuery(campaign.project)).data?.results ?? [];
  const able = members.filter(({ role }) => ABLE.includes(role)).map(({ username }) => username);
  const asked = campaign.assignees.length > 0 ? campaign.assignees : [...people, ...able];
  const takers = [...new Set(asked)].filter((name) => name !== holder.username).sort();
  const [to, setTo] = useState("");
  const [begun, setBegun] = useState(holder.movable === 0);
  const most = Math.min(MAX_MOVED, holder.movable + (begun ? holder.begun : 0));
  const [wanted, setWanted] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const count = Math.min(wanted ?? most, most);
  const move = async () => {
    setBusy(true);
    const taker = to === POOL ? null : to;
    const done = await act(async () => {
      const { moved } = await moveWork(campaign.id, { from: holder.username, to: taker, count, begun });
      toast(moved < count ? t("movedFewer", { count: moved }) : t("moved", { count: moved }), { tone: "ok" });
    });
    setBusy(false);
    if (done) onClose();
  };
  const choices = takers.map((name) => ({ value: name, title: name }));
  if (holder.username !== null) choices.push({ value: POOL, title: t("pool") });
  return (
    <Dialog
      open
      onClose={onClose}
      title={holder.username === null ? t("moveOfPool") : t("moveOf", { name: holder.username })}
      footer={
        <Button
          variant="primary"
          disabled={to === "" || count < 1}
          loading={busy}
          onClick={() => void move()}
        >
          {t("moveNow", { count })}
        </Button>
      }
    >
      <Stack>
        {choices.length === 0 ? <p className="muted">{t("nobody")}</p> : null}
        <ChoiceCards legend={t("moveTo")} name="to" value={to} onChange={setTo} choices={choices} />
        <NumberField
          label={t("moveCount")}
          hint={t("moveCountHint", { count: most })}
          value={count}
          onChange={setWanted}
          min={1}
          max={most}
        />
        {holder.begun > 0 ? (
          <CheckboxField
            label={t("moveBegun")}
            hint={t("moveBegunHint")}
            checked={begun}
            onChange={setBegun}
          />
        ) : null}
      </Stack>
    </Dialog>
  );
}

/** No username holds a blank. */
const POOL = " pool";
