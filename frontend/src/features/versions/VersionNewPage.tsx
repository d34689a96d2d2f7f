import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { statisticsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { createVersion, type SplitStrategy } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { JobProgress } from "@/app/JobsTray";
import { WithDataset } from "@/app/WithDataset";
import { useT } from "@/i18n";
import {
  Button,
  ChoiceCards,
  NumberField,
  Page,
  PageHeader,
  Panel,
  SegmentedField,
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
  const t = useT("versions");
  const [name, setName] = useState("");
  const [strategy, setStrategy] = useState<SplitStrategy>("stratified");
  const [shares, setShares] = useState(DEFAULT_SHARES);
  const [seed, setSeed] = useState(42);
  const [keepsAlike, setKeepsAlike] = useState(true);
  const [locksTest, setLocksTest] = useState(false);
  const [which, setWhich] = useState<Which>("labeled");
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
        (await createVersion(dataset.id, { name: name.trim(), split, filter: { state: STATES_OF[which] } }))
          .id,
      ),
    );
  };
  const reason = count === 0 ? t("whyNot_none") : sumOf(shares) === 100 ? null : t("whyNot_shares");
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
              options={WHICH.map((value) => ({ value, label: t(`which_${value}`) }))}
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
          <PlanPanel count={count} shares={shares} classes={statistics?.classes} />
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
