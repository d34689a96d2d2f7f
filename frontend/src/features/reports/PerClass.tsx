import type { ClassFigures } from "@/api/models";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { type Column, DataTable, Panel } from "@/ui";

const percent = (value: number | null) => (value === null ? "–" : formatPercent(value));

/** Precision, recall and F1 of each class. */
export function PerClass({ evaluation }: { evaluation: { per_class: ClassFigures[] } }) {
  const t = useT("reports");
  const columns: Column<ClassFigures>[] = [
    { key: "label", header: t("class"), grow: true, cell: (row) => row.label },
    { key: "precision", header: t("precision"), align: "right", cell: (row) => percent(row.precision) },
    { key: "recall", header: t("recall"), align: "right", cell: (row) => percent(row.recall) },
    { key: "f1", header: t("f1"), align: "right", cell: (row) => <strong>{percent(row.f1)}</strong> },
    { key: "support", header: t("support"), align: "right", cell: (row) => formatCount(row.support) },
  ];
  return (
    <Panel title={t("perClass")} flush>
      <DataTable
        label={t("perClass")}
        columns={columns}
        rows={evaluation.per_class}
        rowKey={(row) => row.label}
      />
    </Panel>
  );
}
