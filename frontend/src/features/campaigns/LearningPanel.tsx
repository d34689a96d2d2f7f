import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Learning, type LearningRound, learningQuery, setLearning } from "@/api/learning";
import type { Campaign } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { jobErrorText } from "@/app/errorText";
import { QueryState } from "@/app/QueryState";
import { useRested } from "@/app/useRested";
import { useLanguage, useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Badge, DataTable, NumberField, Panel, Row, Stack, SwitchField, Tag, type Tone } from "@/ui";

const [LEAST, MOST] = [3, 500];
const TONES: Readonly<Record<LearningRound["state"], Tone>> = {
  freezing: "info",
  training: "info",
  saying: "info",
  done: "ok",
  failed: "bad",
};

/** A small model that is trained while people label, and answers before they do. */
export function LearningPanel({ campaign }: { campaign: Campaign }) {
  const t = useT("learning");
  return (
    <Panel title={t("title")}>
      <QueryState query={useQuery(learningQuery(campaign.id))} compact>
        {(learning) => (
          <Stack gap={12}>
            <p className="muted">{t("lead")}</p>
            {campaign.may.manage ? <Switch campaign={campaign} learning={learning} /> : null}
            {learning.on ? <Waiting learning={learning} /> : null}
            {learning.rounds.length > 0 ? (
              <Rounds project={campaign.project} rounds={learning.rounds} />
            ) : null}
          </Stack>
        )}
      </QueryState>
    </Panel>
  );
}

function Switch({ campaign, learning }: { campaign: Campaign; learning: Learning }) {
  const t = useT("learning");
  const [perClass, setPerClass] = useState(learning.per_class);
  const [isBusy, setBusy] = useState(false);
  const set = async (on: boolean) => {
    setBusy(true);
    await act(() => setLearning(campaign.id, on, perClass));
    setBusy(false);
  };
  // A number that is being typed is no wish yet.
  const rested = useRested(perClass, 800);
  useEffect(() => {
    if (rested === perClass && rested !== learning.per_class && learning.on)
      void act(() => setLearning(campaign.id, learning.on, rested));
  }, [rested, perClass, learning.per_class, learning.on, campaign.id]);
  return (
    <Row gap={24} wrap align="end">
      <SwitchField label={t("on")} checked={learning.on} disabled={isBusy} onChange={(on) => void set(on)} />
      <NumberField
        label={t("perClass")}
        min={LEAST}
        max={MOST}
        value={perClass}
        onChange={(count) => count !== null && count >= LEAST && count <= MOST && setPerClass(count)}
      />
    </Row>
  );
}

/** What is missing until it learns, or learns again. */
function Waiting({ learning }: { learning: Learning }) {
  const t = useT("learning");
  useLanguage();
  const { per_class: wanted, next_at: next, labeled } = learning;
  const used = learning.classes.filter(({ labels }) => labels > 0);
  const short = used.filter(({ labels }) => labels < wanted);
  if (used.length < 2) return <p>{t("twoClasses", { count: wanted })}</p>;
  if (short.length > 0)
    return (
      <Stack gap={8}>
        <p>{t("missing")}</p>
        <Row gap={8} wrap>
          {short.map((one) => (
            <Tag key={one.id} color={one.color}>
              {t("ofClass", { name: classText(one), labels: one.labels, count: wanted })}
            </Tag>
          ))}
        </Row>
      </Stack>
    );
  if (next !== null && labeled < next) return <p>{t("nextAt", { count: next - labeled })}</p>;
  return null;
}

function Rounds({ project, rounds }: { project: string; rounds: readonly LearningRound[] }) {
  const t = useT("learning");
  return (
    <DataTable
      label={t("rounds")}
      rows={rounds}
      rowKey={(row) => String(row.number)}
      columns={[
        { key: "number", header: t("round"), cell: (row) => formatCount(row.number) },
        { key: "labeled", header: t("labels"), align: "right", cell: (row) => formatCount(row.labeled) },
        { key: "state", header: t("state"), grow: true, cell: (row) => <State row={row} /> },
        {
          key: "accuracy",
          header: t("accuracy"),
          align: "right",
          cell: ({ accuracy }) => (accuracy ? formatPercent(accuracy.value) : "–"),
        },
        {
          key: "run",
          header: t("run"),
          align: "right",
          cell: ({ run }) =>
            run ? (
              <Link to="/p/$project/runs/$run" params={{ project, run }}>
                {t("openRun")}
              </Link>
            ) : (
              "–"
            ),
        },
      ]}
    />
  );
}

function State({ row }: { row: LearningRound }) {
  const t = useT("learning");
  return (
    <Row gap={8} wrap>
      <Badge tone={TONES[row.state]} dot>
        {t(`state_${row.state}`)}
      </Badge>
      {row.reason ? <span className="muted small">{reasonText(row) || t("reasonUnknown")}</span> : null}
    </Row>
  );
}

const reasonText = ({ reason, job }: LearningRound): string =>
  jobErrorText(job?.error ?? { code: reason, detail: "" });
