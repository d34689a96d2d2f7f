import type { ColumnKind, ImportColumn, ImportResult } from "@/api/imports";
import { useWords } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Badge, Row, Stack, Stat, StatRow } from "@/ui";
import { FirstRows } from "./FirstRows";
import styles from "./imports.module.css";
import { Problems } from "./Problems";
import { formatText, formatWord, isTable } from "./results";

/** The figures of an import or its rehearsal, its classes and its problems. */
export function ResultView({ result, isPreview }: { result: ImportResult; isPreview?: boolean }) {
  const modality = result.modality ?? "image";
  const t = useWords("imports", modality);
  const problems = Object.values(result.problems).reduce((sum, count) => sum + count, 0);
  const classes = result.classes ?? [];
  const also = result.also ?? [];
  return (
    <Stack gap={16}>
      {result.format ? (
        <p className="muted">{formatWord("because", result.format, modality) ?? result.reason}</p>
      ) : null}
      {isPreview && also.length > 0 ? (
        <p className="muted small">
          {t("alsoFits", { formats: also.map((one) => formatText(one, modality)).join(", ") })}
        </p>
      ) : null}
      <Columns columns={result.columns ?? []} />
      <Figures result={result} isPreview={isPreview ?? false} />
      {classes.length > 0 ? (
        <Row wrap>
          <span className="muted small">{t("classesFound", { count: classes.length })}</span>
          {classes.slice(0, 20).map((name) => (
            <Badge key={name}>{name}</Badge>
          ))}
          {classes.length > 20 ? <span className="muted">…</span> : null}
        </Row>
      ) : null}
      <Kinds columns={result.kinds} />
      <FirstRows columns={result.kinds} rows={result.rows} />
      {problems > 0 ? <Problems result={result} /> : null}
    </Stack>
  );
}

/** Which column of a table is what, and why. */
function Columns({ columns }: { columns: readonly ImportColumn[] }) {
  if (columns.length === 0) return null;
  return (
    <ul className={styles.columns}>
      {columns.map(({ role, column, why }) => (
        <li key={role}>
          <strong>{lookup("imports", `role_${role}`) ?? role}</strong> <code>{column}</code>{" "}
          <span className="muted small">{lookup("imports", `columnWhy_${why}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function Figures({ result, isPreview }: { result: ImportResult; isPreview: boolean }) {
  const t = useWords("imports", result.modality ?? "image");
  const [fresh, withLabels] = isTable(result)
    ? (["newRows", "withTarget"] as const)
    : (["new", "annotated"] as const);
  return (
    <StatRow>
      <Stat label={isPreview ? t(fresh) : t("created")} value={formatCount(result.created)} />
      <Stat label={t(withLabels)} value={formatCount(result.annotated)} />
      <Stat
        label={t("duplicates")}
        value={formatCount(result.duplicates)}
        {...(result.duplicates > 0 ? { hint: t("duplicatesHint") } : {})}
      />
      {result.tagged > 0 ? (
        <Stat label={t("tagged")} value={formatCount(result.tagged)} hint={t("taggedHint")} />
      ) : null}
      <Stat
        label={t("skipped")}
        value={formatCount(result.skipped)}
        tone={result.skipped > 0 ? "warn" : "neutral"}
      />
    </StatRow>
  );
}

const COLUMNS_SHOWN = 40;

/** What the columns of a table hold. */
function Kinds({ columns = [] }: { columns?: readonly ColumnKind[] | undefined }) {
  const t = useT("imports");
  if (columns.length === 0) return null;
  return (
    <Row wrap>
      <span className="muted small">{t("columnsFound", { count: columns.length })}</span>
      {columns.slice(0, COLUMNS_SHOWN).map((column) => (
        <Badge key={column.name}>
          {column.name}: {lookup("tables", `kind_${column.kind}`) ?? column.kind}
        </Badge>
      ))}
      {columns.length > COLUMNS_SHOWN ? <span className="muted">…</span> : null}
    </Row>
  );
}
