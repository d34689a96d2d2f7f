import { useState } from "react";
import { isRecord } from "@/api/errors";
import type { Finding } from "@/api/samples";
import { useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Button, LinkButton } from "@/ui";
import styles from "./remedies.module.css";

const SHOWN = 6;

/** The imports that left something out, each a link to what it says of itself. */
export function FindingImports({ finding }: { finding: Finding }) {
  const t = useT("checks");
  const project = useProjectId();
  const [isWhole, setIsWhole] = useState(false);
  const imports = importsOf(finding);
  if (imports.length === 0) return null;
  const shown = isWhole ? imports : imports.slice(0, SHOWN);
  return (
    <ul className={styles.remedies} aria-label={t("importsOf")}>
      {shown.map(({ job, name, count }) => (
        <li key={job}>
          <LinkButton size="sm" to="/p/$project/data/import/$job" params={{ project, job }}>
            {`${name || t("importUnnamed")} · ${formatCount(count)}`}
          </LinkButton>
        </li>
      ))}
      {shown.length < imports.length ? (
        <li>
          <Button size="sm" variant="quiet" onClick={() => setIsWhole(true)}>
            {t("importsMore", { count: imports.length - shown.length })}
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

/** Those whose job is still known. */
function importsOf({ params: { imports } }: Finding) {
  if (!Array.isArray(imports)) return [];
  return imports.flatMap((one: unknown) =>
    isRecord(one) && typeof one.job === "string" && typeof one.count === "number"
      ? [{ job: one.job, name: String(one.name ?? ""), count: one.count }]
      : [],
  );
}
