import type { TableColumn } from "@/api/tables";
import { momentText } from "@/app/cellText";
import { lookup, useT } from "@/i18n";
import { formatCount, formatNumber, formatPercent } from "@/i18n/format";
import { Bars, Drawer, Facts, Histogram, Stack } from "@/ui";

/** Everything that is known of one column. */
export function ColumnDrawer({ column, onClose }: { column: TableColumn; onClose: () => void }) {
  const t = useT("tables");
  const { statistics: said } = column;
  const reason = lookup("tables", `reason_${column.reason.code}`, { ...column.reason });
  return (
    <Drawer open onClose={onClose} title={column.name} size="md">
      <Stack gap={16}>
        <p className="muted">
          {t(`kind_${column.kind}`)}
          {reason ? ` · ${reason}` : ""}
        </p>
        {said.bins && said.bins.length > 0 ? (
          <Histogram
            bins={said.bins}
            label={t("distribution", { name: column.name })}
            from={edgeText(said.min)}
            to={edgeText(said.max)}
          />
        ) : null}
        <Facts rows={factsOf(column, t).map(([label, value]) => ({ key: label, label, value }))} />
        {said.top && said.top.length > 0 ? (
          <section>
            <h3>{t("top")}</h3>
            <Bars
              label={t("top")}
              bars={said.top.map((one) => ({ key: one.value, label: one.value, value: one.count }))}
            />
          </section>
        ) : null}
      </Stack>
    </Drawer>
  );
}

function edgeText(edge: number | string | undefined): string {
  if (edge === undefined) return "";
  return typeof edge === "number" ? formatNumber(edge) : momentText(edge);
}

function factsOf(
  { statistics: said }: TableColumn,
  t: ReturnType<typeof useT<"tables">>,
): [string, string][] {
  const count = said.count ?? 0;
  const share = (part: number) => `${formatCount(part)} (${formatPercent(count > 0 ? part / count : 0)})`;
  const facts: [string, string][] = [
    [t("count"), formatCount(count)],
    [t("missingCount"), share(said.missing ?? 0)],
    [t("distinct"), formatCount(said.distinct ?? 0)],
  ];
  if (said.misfits) facts.push([t("misfitCount"), share(said.misfits)]);
  if (said.min !== undefined) facts.push([t("min"), edgeText(said.min)], [t("max"), edgeText(said.max)]);
  if (typeof said.mean === "number") facts.push([t("mean"), formatNumber(said.mean)]);
  if (typeof said.std === "number") facts.push([t("std"), formatNumber(said.std)]);
  if (said.quantiles) {
    const { p25, p50, p75 } = said.quantiles;
    facts.push(
      [t("median"), formatNumber(p50)],
      [t("quartiles"), `${formatNumber(p25)} – ${formatNumber(p75)}`],
    );
  }
  if (said.length) facts.push([t("lengths"), `${said.length.min} – ${said.length.max}`]);
  return facts;
}
