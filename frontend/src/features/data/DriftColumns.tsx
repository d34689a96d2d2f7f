import { useState } from "react";
import { isRecord } from "@/api/errors";
import type { Finding } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { momentText } from "@/app/cellText";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import { Button, LinkButton, TwoHistograms } from "@/ui";
import styles from "./drift.module.css";
import { type Drift, driftsOf } from "./drifts";

const SHOWN = 6;

/** Each column that has changed: by which measure, and its distributions of now and of the version. */
export function DriftColumns({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useT("tables");
  const [isWhole, setIsWhole] = useState(false);
  const { version } = finding.params;
  const number = isRecord(version) && typeof version.number === "number" ? version.number : null;
  const before = number === null ? t("driftBefore") : t("driftVersion", { number });
  const drifts = driftsOf(finding);
  return (
    <div className={styles.drifts}>
      <ul aria-label={t("driftColumns", { before })}>
        {(isWhole ? drifts : drifts.slice(0, SHOWN)).map((drift) => (
          <DriftColumn key={drift.index} drift={drift} dataset={dataset} before={before} />
        ))}
      </ul>
      {drifts.length > SHOWN && !isWhole ? (
        <Button size="sm" variant="quiet" onClick={() => setIsWhole(true)}>
          {t("showMoreColumns", { count: drifts.length - SHOWN })}
        </Button>
      ) : null}
    </div>
  );
}

function DriftColumn({ drift, dataset, before }: { drift: Drift; dataset: Dataset; before: string }) {
  const t = useT("tables");
  const project = useProjectId();
  const { name, measure, value, missing } = drift;
  const figure = measure === "missing" ? formatPercent(value) : formatNumber(value, 2);
  return (
    <li>
      <div className={styles.head}>
        <LinkButton
          size="sm"
          variant="quiet"
          to="/p/$project/data"
          params={{ project }}
          search={{ dataset: dataset.id, column: String(drift.index) }}
          title={t("showColumn")}
        >
          {name}
        </LinkButton>
        <span className="muted small">{t(`drift_${measure}`, { value: figure })}</span>
      </div>
      <Distributions drift={drift} before={before} />
      {missing.now !== missing.before ? (
        <p className="muted small">
          {t("driftMissing", { now: formatPercent(missing.now), before: formatPercent(missing.before) })}
        </p>
      ) : null}
    </li>
  );
}

function Distributions({ drift, before }: { drift: Drift; before: string }) {
  const t = useT("tables");
  const { bins, levels, others, name } = drift;
  const words = { now: t("driftNow"), before };
  if (bins) {
    const edge = (end: number | string) => (typeof end === "number" ? formatNumber(end) : momentText(end));
    return (
      <TwoHistograms
        now={bins.now}
        before={bins.before}
        label={t(drift.measure === "ks_length" ? "driftLengths" : "distribution", { name })}
        from={edge(bins.low)}
        to={edge(bins.high)}
        words={words}
      />
    );
  }
  if (!levels) return null;
  const totals = [levels, others ? [others] : []].flat();
  const sum = (side: "now" | "before") =>
    Math.max(
      1,
      totals.reduce((all, one) => all + one[side], 0),
    );
  const share = (count: number, side: "now" | "before") => formatPercent(count / sum(side));
  const rows = [
    ...levels.map((one) => ({ ...one, label: one.value })),
    ...(others && others.levels > 0
      ? [{ ...others, label: t("driftOthers", { count: others.levels }) }]
      : []),
  ];
  return (
    <table className={styles.levels}>
      <thead>
        <tr>
          <th scope="col">{t("value")}</th>
          <th scope="col">{words.before}</th>
          <th scope="col">{words.now}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.label}>
            <th scope="row">{row.label}</th>
            <td className="num">{share(row.before, "before")}</td>
            <td className="num">{share(row.now, "now")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
