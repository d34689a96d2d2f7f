import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useId, useState } from "react";
import { type Finding, sampleQuery } from "@/api/samples";
import type { Dataset, Sample } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { Button, Skeleton } from "@/ui";
import styles from "./copies.module.css";
import { copiesOf } from "./copyGroups";

const SHOWN = 8;

/** Copies laid side by side, group by group, before anybody decides which of them go. */
export function Copies({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useT("checks");
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [shown, setShown] = useState(SHOWN);
  const groups = copiesOf(finding);
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
              {groups.slice(0, shown).map((ids) => (
                <Group key={ids[0]} ids={ids} dataset={dataset.id} />
              ))}
            </ol>
            {shown < groups.length ? (
              <Button size="sm" variant="quiet" onClick={() => setShown(groups.length)}>
                {t("copiesMore", { count: groups.length - shown })}
              </Button>
            ) : null}
          </>
        ) : null}
      </div>
    </div>
  );
}

/** Those that are still there: what was deleted since the check is left out. */
function Group({ ids, dataset }: { ids: readonly string[]; dataset: string }) {
  const t = useT("checks");
  const found = useQueries({ queries: ids.map((id) => ({ ...sampleQuery(id), retry: false })) });
  const samples = found.flatMap(({ data }) => (data ? [data] : []));
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
      {samples.length < 2 ? <span className="muted small">{t("copiesGone")}</span> : null}
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
