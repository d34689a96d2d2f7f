import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { asAppError } from "@/api/errors";
import { type Finding, sampleQuery } from "@/api/samples";
import type { Dataset, Sample } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { Button, Skeleton } from "@/ui";
import styles from "./copies.module.css";
import { type CopyGroup, copiesOf } from "./copyGroups";

const SHOWN = 8;

/** Copies laid side by side, group by group, before anybody decides which of them go. */
export function Copies({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useT("checks");
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const groups = copiesOf(finding);
  const all = typeof finding.params.groups === "number" ? finding.params.groups : groups.length;
  if (groups.length === 0) return null;
  return (
    <div className={styles.copies}>
      <Button
        size="sm"
        variant="quiet"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
      >
        {t(isOpen ? "copiesHide" : "copiesShow")}
      </Button>
      <div id={id} hidden={!isOpen}>
        {isOpen ? (
          <>
            <ol className={styles.groups}>
              {groups.slice(0, shown).map((group) => (
                <Group key={group.ids[0]} group={group} dataset={dataset.id} />
              ))}
            </ol>
            {shown < groups.length ? (
              <Button size="sm" variant="quiet" onClick={() => setShown(groups.length)}>
                {t("copiesMore", { count: groups.length - shown })}
              </Button>
            ) : all > groups.length ? (
              <p className="muted small">{t("copiesFirst", { count: groups.length, all })}</p>
            ) : null}
          </>
        ) : null}
      </div>
    </div>
  );
}

/** Those that are still there: what was deleted since the check is counted. */
function Group({ group: { ids, size }, dataset }: { group: CopyGroup; dataset: string }) {
  const t = useT("checks");
  const found = useQueries({ queries: ids.map(sampleQuery) });
  const isGone = (error: unknown) => error !== null && asAppError(error).status === 404;
  const failed = found.find(({ data, error }) => error !== null && !data && !isGone(error));
  // A sample that is still known from before may be gone by now.
  const samples = found.flatMap(({ data, error }) => (data && !isGone(error) ? [data] : []));
  const gone = found.filter(({ error }) => isGone(error)).length;
  if (failed) return <li className="muted small">{errorText(failed.error)}</li>;
  if (found.some(({ isPending }) => isPending)) {
    return (
      <li>
        <Skeleton lines={1} height={96} />
      </li>
    );
  }
  return (
    <li className={styles.group}>
      {samples.map((sample) => (
        <Copy key={sample.id} sample={sample} dataset={dataset} />
      ))}
      {gone > 0 ? <span className="muted small">{t("copiesGone", { count: gone })}</span> : null}
      {size > ids.length ? (
        <span className="muted small">{t("copiesOthers", { count: size - ids.length })}</span>
      ) : null}
    </li>
  );
}

function Copy({ sample, dataset }: { sample: Sample; dataset: string }) {
  const { width, height, excerpt } = sample.payload;
  const facts = [
    lookup("data", `split_${sample.split || "none"}`),
    width && height ? `${width} × ${height}` : "",
    formatBytes(sample.size_bytes),
  ];
  return (
    <Link
      className={styles.copy}
      to="/p/$project/data"
      params={{ project: useProjectId() }}
      search={{ dataset, sample: sample.id }}
    >
      {sample.thumb_url ? <img src={sample.thumb_url} alt="" loading="lazy" /> : null}
      {excerpt ? (
        <span className={styles.excerpt} dir="auto">
          {excerpt}
        </span>
      ) : null}
      <span className={styles.name}>{sample.name}</span>
      <span className="muted small">{facts.filter(Boolean).join(" · ")}</span>
    </Link>
  );
}
