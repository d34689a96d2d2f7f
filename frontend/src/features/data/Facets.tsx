import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { findingsQuery, type Statistics, statisticsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { classText } from "@/app/classWords";
import { lookup, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Button, TextField } from "@/ui";
import styles from "./data.module.css";
import { type DataSearch, isFiltered, NO_FILTERS, SPLITS, STATES, useDataSearch } from "./search";

const CLASSES_SHOWN = 14;

interface Choice {
  value: string;
  label: string;
  count: number | undefined;
  color?: string;
}

/** Filters with their counts. The counts are asked for only after the first pictures are there. */
export function Facets({ dataset, ready }: { dataset: Dataset; ready: boolean }) {
  const t = useT("data");
  const [search, change] = useDataSearch();
  const statistics = useQuery({ ...statisticsQuery(dataset.id), enabled: ready }).data;
  return (
    <aside className={styles.facets} aria-label={t("filters")}>
      <ClassFacet dataset={dataset} statistics={statistics} />
      <Facet
        name="state"
        title={t("facetState")}
        choices={STATES.map((value) => ({
          value,
          label: t(`state_${value}`),
          count: countOf(statistics?.states, value),
        }))}
      />
      <Facet
        name="split"
        title={t("facetSplit")}
        choices={SPLITS.map((value) => ({
          value,
          label: t(`split_${value}`),
          count: countOf(statistics?.splits, value) ?? countOf(statistics?.splits, ""),
        })).filter(
          (choice) => choice.value === search.split || choice.value === "none" || (choice.count ?? 1) > 0,
        )}
      />
      <FindingFacet dataset={dataset} ready={ready} />
      {isFiltered(search) ? (
        <Button size="sm" variant="quiet" onClick={() => change(NO_FILTERS)}>
          {t("clearFilters")}
        </Button>
      ) : null}
    </aside>
  );
}

function countOf(counts: Readonly<Record<string, number>> | undefined, key: string): number | undefined {
  return counts ? (counts[key] ?? (key === "none" || key === "" ? undefined : 0)) : undefined;
}

function ClassFacet({ dataset, statistics }: { dataset: Dataset; statistics: Statistics | undefined }) {
  const t = useT("data");
  const [find, setFind] = useState("");
  const counts = new Map(statistics?.classes.map((one) => [one.id, one.count]));
  const all = dataset.label_schema.classes.map((one) => ({
    value: one.id,
    label: classText(one),
    color: one.color,
    count: counts.get(one.id),
  }));
  const found = all.filter((one) => one.label.toLowerCase().includes(find.trim().toLowerCase()));
  if (all.length === 0) return null;
  return (
    <Facet name="label" title={t("facetClass")} choices={found.slice(0, CLASSES_SHOWN)}>
      {all.length > CLASSES_SHOWN ? (
        <div className={styles.facetSearch}>
          <TextField
            label={t("findClass")}
            hideLabel
            placeholder={t("findClass")}
            value={find}
            onChange={setFind}
            icon={<IconSearch size={14} />}
          />
        </div>
      ) : null}
    </Facet>
  );
}

function FindingFacet({ dataset, ready }: { dataset: Dataset; ready: boolean }) {
  const t = useT("data");
  const findings = useQuery({ ...findingsQuery(dataset.id), enabled: ready }).data ?? [];
  const choices = findings
    .filter((finding) => finding.count > 0 && finding.samples_url !== null)
    .map(({ code, count }) => ({ value: code, count, label: lookup("data", `finding_${code}`) ?? code }));
  return choices.length > 0 ? <Facet name="finding" title={t("facetFinding")} choices={choices} /> : null;
}

interface FacetProps {
  name: "label" | "state" | "split" | "finding";
  title: string;
  choices: readonly Choice[];
  children?: React.ReactNode;
}

function Facet({ name, title, choices, children }: FacetProps) {
  const [search, change] = useDataSearch();
  const chosen: DataSearch[typeof name] = search[name];
  return (
    <section className={styles.facet} aria-label={title}>
      <div className={styles.facetHead}>{title}</div>
      {children}
      {choices.map(({ value, label, count, color }) => (
        <button
          key={value}
          type="button"
          className={styles.option}
          style={color ? { "--class": color } : undefined}
          aria-pressed={chosen === value}
          onClick={() => change({ [name]: chosen === value ? undefined : value })}
        >
          <span className="ellipsis" title={label}>
            {label}
          </span>
          <span>{count === undefined ? "" : formatCount(count)}</span>
        </button>
      ))}
    </section>
  );
}
