import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import {
  type BalanceMethod,
  type BalancePreview,
  balanceQuery,
  balanceVersion,
  type DatasetVersion,
} from "@/api/versions";
import { act } from "@/app/act";
import { valueText } from "@/app/classWords";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useT } from "@/i18n";
import { formatCount, formatNumber, formatPercent } from "@/i18n/format";
import { Button, NumberField, Panel, SelectField, SliderField, Stack } from "@/ui";
import { useVersionJob } from "./useVersionJob";
import styles from "./versions.module.css";

const METHODS: readonly BalanceMethod[] = ["smote", "copies", "weights"];
const MOST_NEIGHBORS = 50;

/** Another version of a table in which rare classes have more training rows, or a weight. */
export function BalancePanel({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const mayCurate = useMay("curate_project");
  const classes = version.classes.filter(({ train = 0 }) => train > 0);
  if (!mayCurate || version.augmentation || classes.length < 2) return null;
  return (
    <Panel title={t("even")}>
      <Order version={version} />
    </Panel>
  );
}

function Order({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const [method, setMethod] = useState<BalanceMethod>("smote");
  const [percent, setPercent] = useState(100);
  const [neighbors, setNeighbors] = useState(5);
  const [seed, setSeed] = useState(1);
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useVersionJob(jobId);
  const order = { method, share: percent / 100, neighbors, seed };
  const preview = useQuery({ ...balanceQuery(version.id, order), placeholderData: keepPreviousData }).data;
  const isEven = method !== "weights" && preview?.made === 0;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await act(async () => setJobId((await balanceVersion(version.id, order)).id));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <p className="muted small">{t("evenText")}</p>
        <SelectField
          label={t("evenBy")}
          hint={t(`evenText_${method}`)}
          value={method}
          options={METHODS.map((value) => ({ value, label: t(`even_${value}`) }))}
          onChange={(value) => value && setMethod(value as BalanceMethod)}
        />
        {method === "weights" ? null : (
          <SliderField
            label={t("evenShare")}
            value={percent}
            min={5}
            max={100}
            step={5}
            format={(value) => formatPercent(value / 100, 0)}
            onChange={setPercent}
          />
        )}
        {method === "smote" ? (
          <NumberField
            label={t("evenNeighbors")}
            value={neighbors}
            min={1}
            max={MOST_NEIGHBORS}
            onChange={(value) => setNeighbors(value ?? 1)}
          />
        ) : null}
        {method === "weights" ? null : (
          <NumberField label={t("seed")} value={seed} min={0} onChange={(value) => setSeed(value ?? 0)} />
        )}
        {preview ? <Before preview={preview} /> : null}
        <Button type="submit" loading={isRunning} disabled={!preview || isEven}>
          {t("augmentDo")}
        </Button>
        {isEven ? <p className="muted small">{t("evenAlready")}</p> : null}
        {job && isRunning ? <JobProgress job={job} /> : null}
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
      </Stack>
    </form>
  );
}

/** Training rows of each class before and after, and what a row then weighs. */
function Before({ preview }: { preview: BalancePreview }) {
  const t = useT("versions");
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.list} tabIndex={0} role="group" aria-label={t("evenRows")}>
        <table className={styles.balance}>
          <thead>
            <tr>
              <th scope="col">{t("classes")}</th>
              <th scope="col">{t("evenBefore")}</th>
              <th scope="col">{t("evenAfter")}</th>
              <th scope="col">{t("evenWeight")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.classes.map(({ name, before, after, weight }) => (
              <tr key={name}>
                <th scope="row" className={styles.cut} title={valueText(name)}>
                  {valueText(name)}
                </th>
                <td>{formatCount(before)}</td>
                <td>{after === before ? formatCount(after) : <strong>{formatCount(after)}</strong>}</td>
                <td>{weight === null ? "–" : formatNumber(weight, 2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small" role="status">
        {t("evenMade", {
          count: preview.made,
          before: formatCount(preview.rows.before),
          after: formatCount(preview.rows.after),
        })}
      </p>
    </>
  );
}
