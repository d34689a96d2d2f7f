import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { referencesQuery } from "@/api/references";
import { statisticsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { createVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobProgress } from "@/app/JobsTray";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { Button, Page, PageHeader, Panel, SegmentedField, Stack, TextField } from "@/ui";
import { type Outside, OutsideField } from "./OutsideField";
import { PlanPanel } from "./PlanPanel";
import {
  columnFilters,
  countOf,
  firstChoice,
  lacksColumn,
  type SplitChoice,
  STATES_OF,
  splitOf,
  sumOf,
  WHICH,
  type Which,
} from "./plan";
import { SplitFields } from "./SplitFields";
import { useVersionJob } from "./useVersionJob";
import styles from "./versions.module.css";

export function VersionNewPage() {
  const { dataset, split } = useSearch({ from: "/app/p/$project/versions/new" });
  return (
    <WithDataset wanted={dataset}>
      {(found) => <NewVersion key={found.id} dataset={found} split={split} />}
    </WithDataset>
  );
}

function NewVersion({ dataset, split }: { dataset: Dataset; split: string | undefined }) {
  const t = useWords("versions", dataset.modality);
  const [name, setName] = useState("");
  const [choice, setChoice] = useState(() => firstChoice(split));
  const [which, setWhich] = useState<Which>("labeled");
  const isTabular = dataset.modality === "tabular";
  const [outside, setOutside] = useState<Outside>("copy");
  const references = useQuery({
    ...referencesQuery(dataset.id),
    enabled: dataset.modality === "image" || dataset.modality === "audio",
  }).data;
  const [jobId, setJobId] = useState<string | null>(null);
  const statistics = useQuery(statisticsQuery(dataset.id)).data;
  const count = countOf(statistics?.states, which);
  const { job, isRunning } = useVersionJob(jobId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const filter = { state: STATES_OF[which], ...(isTabular ? columnFilters(choice) : {}) };
    const input = { name: name.trim(), split: splitOf(choice), filter, outside };
    await act(async () => setJobId((await createVersion(dataset.id, input)).id));
  };
  const reason = useReason(dataset.modality, count, choice, isTabular && lacksColumn(choice));
  return (
    <Page>
      <PageHeader title={t("newTitle")} description={t("subtitle")} />
      <form onSubmit={submit} className={styles.form}>
        <Panel>
          <Stack gap={24}>
            <TextField
              label={t("name")}
              value={name}
              onChange={setName}
              placeholder={t("namePlaceholder")}
              autoFocus
            />
            <SegmentedField
              label={t("which")}
              showLabel
              value={which}
              options={WHICH.filter((value) => !isTabular || value !== "reviewed").map((value) => ({
                value,
                label: t(`which_${value}`),
              }))}
              onChange={setWhich}
            />
            <SplitFields dataset={dataset} choice={choice} onChange={setChoice} />
            {references && references.count > 0 ? (
              <OutsideField references={references} value={outside} onChange={setOutside} />
            ) : null}
          </Stack>
        </Panel>
        <Stack>
          <PlanPanel
            modality={dataset.modality}
            count={count}
            shares={choice.strategy === "given" ? null : choice.shares}
            classes={statistics?.classes}
          />
          {job && isRunning ? (
            <Panel title={t("creating")}>
              <JobProgress job={job} />
            </Panel>
          ) : null}
          {job?.error ? <Panel tone="bad">{jobErrorText(job.error)}</Panel> : null}
          <Button
            type="submit"
            variant="primary"
            size="lg"
            loading={isRunning}
            disabled={count === null || reason !== null}
          >
            {t("create")}
          </Button>
          {reason ? <p className={styles.reason}>{reason}</p> : null}
        </Stack>
      </form>
    </Page>
  );
}

/** Why no version can be made yet; null when one can. */
function useReason(
  modality: string,
  count: number | null,
  { strategy, shares }: SplitChoice,
  lacks: boolean,
): string | null {
  const t = useWords("versions", modality);
  if (count === 0) return t("whyNot_none");
  if (lacks) return t("whyNot_column");
  return strategy === "given" || sumOf(shares) === 100 ? null : t("whyNot_shares");
}
