import type { Overview } from "@/api/work";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Chart } from "@/ui/Chart";
import { formatDay } from "./day";

const DAY_MS = 86_400_000;
const DAYS = [1, 2, 7, 14, 28];
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 500_000];

/** What was left at the end of each day, and what was done on it. */
export function BurnDown({ days }: { days: Overview["burn_down"] }) {
  const t = useT("workload");
  const at = (day: string) => Math.round(Date.parse(day) / DAY_MS);
  return (
    <Chart
      label={t("burnDown")}
      xLabel={t("day")}
      heightPx={220}
      yLeast={5}
      xSteps={DAYS}
      ySteps={WHOLE}
      formatX={(x) => formatDay(new Date(x * DAY_MS).toISOString())}
      formatY={formatCount}
      series={[
        {
          key: "left",
          label: t("leftOver"),
          color: "#4C6EF5",
          points: days.map(({ day, left }) => [at(day), left] as const),
        },
        {
          key: "done",
          label: t("donePerDay"),
          color: "#12B886",
          dashed: true,
          points: days.map(({ day, done }) => [at(day), done] as const),
        },
      ]}
    />
  );
}
