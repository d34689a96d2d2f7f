import { useState } from "react";
import { isRecord } from "@/api/errors";
import type { Finding } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatNumber, formatPercent } from "@/i18n/format";
import { Button, LinkButton } from "@/ui";
import styles from "./data.module.css";

const SHOWN = 8;

interface Opened {
  key: string;
  text: string;
  search: { rows: string } | { column: string };
}

/** Whether a finding of a table leads to rows or columns of it. */
export function opensRows(finding: Finding): boolean {
  return Array.isArray(finding.params.rows) || openedBy(finding).length > 0;
}

/** The columns that a finding names: their rows where some are meant, else what the column holds. */
function openedBy({ params }: Finding): Opened[] {
  const { columns } = params;
  if (!Array.isArray(columns)) return [];
  return columns.flatMap((one: unknown, at) => {
    if (!isRecord(one) || typeof one.index !== "number") return [];
    const search = Array.isArray(one.rows)
      ? { rows: JSON.stringify(one.rows) }
      : { column: String(one.index) };
    return [{ key: `${one.index} ${at}`, text: `${String(one.name)}${figureOf(one)}`, search }];
  });
}

/** The figure that led to the finding, behind the name. */
function figureOf({ share, cells, score, value, other }: Record<string, unknown>): string {
  if (typeof share === "number") return ` · ${formatPercent(share)}`;
  if (typeof cells === "number") return ` · ${formatNumber(cells)}`;
  if (typeof score === "number") return ` · ${formatPercent(score)}`;
  const beside = typeof other === "string" ? ` ~ ${other}` : "";
  return typeof value === "number" ? `${beside} · ${formatNumber(value, 2)}` : beside;
}

/** What a finding of a table opens in its browser. */
export function FindingRows({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useT("tables");
  const project = useProjectId();
  const [isWhole, setIsWhole] = useState(false);
  const { rows } = finding.params;
  const opened = openedBy(finding);
  const all: Opened[] = Array.isArray(rows)
    ? [{ key: "rows", text: t("showRows"), search: { rows: JSON.stringify(rows) } }, ...opened]
    : opened;
  return (
    <ul className={styles.findingRows} aria-label={t("opensHere")}>
      {(isWhole ? all : all.slice(0, SHOWN)).map(({ key, text, search }) => (
        <li key={key}>
          <LinkButton
            size="sm"
            to="/p/$project/data"
            params={{ project }}
            search={{ dataset: dataset.id, ...search }}
            title={"rows" in search ? t("showRows") : t("showColumn")}
          >
            {text}
          </LinkButton>
        </li>
      ))}
      {all.length > SHOWN && !isWhole ? (
        <li>
          <Button size="sm" variant="quiet" onClick={() => setIsWhole(true)}>
            {t("showMoreColumns", { count: all.length - SHOWN })}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}
