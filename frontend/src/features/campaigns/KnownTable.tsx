import type { Agreement } from "@/api/consensus";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { DataTable } from "@/ui";
import { intervalText } from "./figures";

const share = (value: number) => formatPercent(value, 0);

/** How each person answers the samples whose answer is known. */
export function KnownTable({ agreement }: { agreement: Agreement }) {
  const t = useT("agreement");
  return (
    <DataTable
      label={t("known")}
      rows={agreement.gold}
      rowKey={(row) => row.person}
      columns={[
        { key: "person", header: t("person"), cell: (row) => row.person, grow: true },
        {
          key: "value",
          header: t("right"),
          align: "right",
          cell: ({ figure }) => (figure.value === null ? "–" : share(figure.value)),
        },
        {
          key: "interval",
          header: t("between"),
          align: "right",
          cell: ({ figure }) => intervalText(figure, share) || "–",
        },
        {
          key: "samples",
          header: t("knownPictures"),
          align: "right",
          cell: ({ figure }) => formatCount(figure.samples),
        },
      ]}
    />
  );
}
