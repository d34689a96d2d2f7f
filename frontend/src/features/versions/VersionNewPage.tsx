import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { statisticsQuery } from "@/api/samples";
import { tableQuery } from "@/api/tables";
import type { Dataset } from "@/api/types";
import { createVersion, type SplitStrategy } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobProgress } from "@/app/JobsTray";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import {
  Button,
  ChoiceCards,
  NumberField,
  Page,
  PageHeader,
  Panel,
  SegmentedField,
  SelectField,
  Stack,
  SwitchField,
  TextField,
} from "@/ui";
import { PlanPanel } from "./PlanPanel";
import { countOf, type Shares, STATES_OF, sumOf, WHICH, type Which } from "./plan";
import { useVersionJob } from "./useVersionJob";
import styles from "./versions.module.css";

const STRATEGIES = ["stratified", "random", "group", "time"] as const satisfies readonly SplitStrategy[];
const DEFAULT_SHARES: Shares = { train: 70, val: 15, test: 15 };

export function VersionNewPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/versions/new" });
  return (
    <WithDataset wanted={dataset}>{(found) => <NewVersion key={found.id} dataset={found} />}</WithDataset>
  );
}

function NewVersion({ dataset }: { dataset: Dataset }) {
  const t = useWords("versions", dataset.modality);
  const [name, setName] = useState("");
  const [strategy, setStrategy] = useState<SplitStrategy>("stratified");
  const [shares, setShares] = useState(DEFAULT_SHARES);
  const [seed, setSeed] = useState(42);
  const [keepsAlike, setKeepsAlike] = useState(true);
  const [locksTest, setLocksTest] = useState(false);
  const [which, setWhich] = useState<Which>("labeled");
  const [column, setColumn] = useState<string | null>(null);
  const isTabular = dataset.modality === "tabular";
  const isByColumn = isTabular && (strategy === "group" || strategy === "time");
  const [jobId, setJobId] = useState<string | null>(null);
  const statistics = useQuery(statisticsQuery(dataset.id)).data;
  const count = countOf(statistics?.states, which);
  const { job, isRunning } = useVersionJob(jobId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const split = {
      strategy,
      train: shares.train / 100,
      val: shares.val / 100,
      test: shares.test / 100,
      seed,
      keep_alike: keepsAlike,
      lock_test: locksTest,
    };
    await act(async () =>
      setJobId(
        (
          await createVersion(dataset.id, {
            name: name.trim(),
            split,
            filter: { state: STATES_OF[which], ...(isByColumn && column ? { split_column: column } : {}) },
          })
        ).id,
      ),
    );
  };
  const reason = useReason(dataset.modality, count, shares, isByColumn && column === null);
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
            <ChoiceCards
              legend={t("strategy")}
              name="strategy"
              value={strategy}
              onChange={setStrategy}
              choices={STRATEGIES.map((value) => ({
                value,
                title: t(`strategy_${value}`),
                text: t(`strategyText_${value}`),
              }))}
            />
            {isByColumn ? (
              <SplitColumn dataset={dataset.id} strategy={strategy} value={column} onChange={setColumn} />
            ) : null}
            <SharesFields shares={shares} onChange={setShares} />
            <Stack gap={12}>
              {strategy === "time" ? null : (
                <SwitchField
                  label={t("keepAlike")}
                  hint={t("keepAlikeHint")}
                  checked={keepsAlike}
                  onChange={setKeepsAlike}
                />
              )}
              <SwitchField
                label={t("lockTest")}
                hint={t("lockTestHint")}
                checked={locksTest}
                onChange={setLocksTest}
              />
            </Stack>
            <div className={styles.two}>
              <NumberField
                label={t("seed")}
                hint={t("seedHint")}
                value={seed}
                min={0}
                onChange={(value) => setSeed(value ?? 0)}
              />
            </div>
          </Stack>
        </Panel>
        <Stack>
          <PlanPanel
            modality={dataset.modality}
            count={count}
            shares={shares}
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
  shares: Shares,
  lacksColumn: boolean,
): string | null {
  const t = useWords("versions", modality);
  if (count === 0) return t("whyNot_none");
  if (lacksColumn) return t("whyNot_column");
  return sumOf(shares) === 100 ? null : t("whyNot_shares");
}

interface SplitColumnProps {
  dataset: string;
  strategy: SplitStrategy;
  value: string | null;
  onChange: (value: string | null) => void;
}

/** The column of a table whose equal values stay together, or that orders the rows in time. */
function SplitColumn({ dataset, strategy, value, onChange }: SplitColumnProps) {
  const t = useT("versions");
  const columns = useQuery(tableQuery(dataset)).data?.columns ?? [];
  const fit = columns.filter(({ kind }) => strategy === "group" || kind === "datetime" || kind === "number");
  return (
    <SelectField
      label={t("splitColumn")}
      value={value}
      options={fit.map(({ index, name }) => ({ value: String(index), label: name }))}
      onChange={onChange}
    />
  );
}

function SharesFields({ shares, onChange }: { shares: Shares; onChange: (shares: Shares) => void }) {
  const t = useT("versions");
  const field = (part: keyof Shares) => (
    <NumberField
      label={t(part)}
      value={shares[part]}
      min={0}
      max={100}
      suffix=" %"
      onChange={(value) => onChange({ ...shares, [part]: value ?? 0 })}
    />
  );
  const sum = sumOf(shares);
  return (
    <div>
      <div className={styles.shares}>
        {field("train")}
        {field("val")}
        {field("test")}
      </div>
      {sum === 100 ? null : (
        <p className={styles.warning} role="alert">
          {t("sharesSum", { sum })}
        </p>
      )}
    </div>
  );
}
