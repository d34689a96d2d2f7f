import { useQuery } from "@tanstack/react-query";
import { type SizeBin, type Statistics, statisticsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { classText } from "@/app/classWords";
import { QueryState } from "@/app/QueryState";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { formatCount, formatLength, formatNumber } from "@/i18n/format";
import { Bars, EmptyState, Histogram, Panel } from "@/ui";
import styles from "./data.module.css";
import { SPLITS, STATES, useDataSearch } from "./search";

/** Numbers about the whole data set: balance, progress, splits, sizes. */
export function StatisticsPanel({ dataset }: { dataset: Dataset }) {
  const t = useT("data");
  const query = useQuery(statisticsQuery(dataset.id));
  return (
    <QueryState query={query}>
      {(statistics) =>
        dataset.counts.samples === 0 ? (
          <EmptyState title={t("statsNone")} />
        ) : (
          <div className={styles.stats}>
            <ClassBalance dataset={dataset} statistics={statistics} />
            <States statistics={statistics} />
            <Splits statistics={statistics} />
            <Sizes title={t("statsCharacters")} bins={statistics.sizes.characters} />
            <Sizes title={t("statsDuration")} bins={statistics.sizes.duration} said={hundredths} />
            <Rates rates={statistics.rates} />
            <Sizes title={t("statsWidth")} bins={statistics.sizes.width} />
            <Sizes title={t("statsHeight")} bins={statistics.sizes.height} />
            <Types types={statistics.media_types} />
          </div>
        )
      }
    </QueryState>
  );
}

function ClassBalance({ dataset, statistics }: { dataset: Dataset; statistics: Statistics }) {
  const t = useWords("data", dataset.modality);
  const [, change] = useDataSearch();
  const known = new Map(dataset.label_schema.classes.map((one) => [one.id, one]));
  const counts = statistics.classes.map((one) => one.count);
  const ratio = Math.max(...counts, 0) / Math.max(1, Math.min(...counts));
  if (statistics.classes.length === 0) return null;
  return (
    <Panel title={t("statsClasses")}>
      <Bars
        label={t("statsClasses")}
        bars={statistics.classes.slice(0, 60).map((one) => ({
          key: one.id,
          label: classText(known.get(one.id) ?? one),
          value: one.count,
          color: known.get(one.id)?.color ?? "var(--accent)",
          onSelect: () => change({ view: undefined, label: one.id }, false),
        }))}
      />
      <p className={styles.note}>
        {ratio > 3 ? t("statsBalance", { ratio: formatNumber(ratio, 1) }) : t("statsBalanceOk")}
      </p>
    </Panel>
  );
}

function States({ statistics }: { statistics: Statistics }) {
  const t = useT("data");
  const [, change] = useDataSearch();
  return (
    <Panel title={t("statsStates")}>
      <Bars
        label={t("statsStates")}
        bars={STATES.map((state) => ({
          key: state,
          label: t(`state_${state}`),
          value: statistics.states[state] ?? 0,
          onSelect: () => change({ view: undefined, state }, false),
        }))}
      />
    </Panel>
  );
}

function Splits({ statistics }: { statistics: Statistics }) {
  const t = useT("data");
  const counts = SPLITS.map((split) => ({
    key: split,
    label: t(`split_${split}`),
    value: statistics.splits[split] ?? (split === "none" ? (statistics.splits[""] ?? 0) : 0),
  }));
  return (
    <Panel title={t("statsSplits")}>
      <Bars label={t("statsSplits")} bars={counts} />
    </Panel>
  );
}

const hundredths = (value: number) => formatLength(value / 100);

interface SizesProps {
  title: string;
  bins: readonly SizeBin[] | undefined;
  said?: (value: number) => string;
}

function Sizes({ title, bins, said = formatCount }: SizesProps) {
  const first = bins?.[0];
  const last = bins?.at(-1);
  if (!bins || !first || !last) return null;
  return (
    <Panel title={title}>
      <Histogram
        label={title}
        bins={bins.map((bin) => bin.count)}
        from={said(first.from_px)}
        to={said(last.to_px)}
      />
    </Panel>
  );
}

function Rates({ rates }: { rates: Readonly<Record<string, number>> | undefined }) {
  const t = useT("data");
  const entries = Object.entries(rates ?? {}).sort(([a], [b]) => Number(a) - Number(b));
  if (entries.length === 0) return null;
  return (
    <Panel title={t("statsRates")}>
      <Bars
        label={t("statsRates")}
        bars={entries.map(([rate, value]) => ({
          key: rate,
          label: `${formatNumber(Number(rate) / 1000, 1)} kHz`,
          value,
        }))}
      />
    </Panel>
  );
}

const MEDIA_NAMES: Readonly<Record<string, string>> = { "text/plain": "TXT", "audio/mpeg": "MP3" };

function Types({ types }: { types: Readonly<Record<string, number>> | undefined }) {
  const t = useT("data");
  const entries = Object.entries(types ?? {});
  if (entries.length === 0) return null;
  return (
    <Panel title={t("statsTypes")}>
      <Bars
        label={t("statsTypes")}
        bars={entries.map(([type, value]) => ({
          key: type,
          label: MEDIA_NAMES[type] ?? type.replace(/^(image|audio)\//, "").toUpperCase(),
          value,
        }))}
      />
    </Panel>
  );
}
