import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { facetsQuery, findingsQuery, type SampleFacets, tagsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { classText } from "@/app/classWords";
import { findingText } from "@/app/words";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Button, TextField } from "@/ui";
import styles from "./data.module.css";
import { type DataSearch, filtersOf, isFiltered, NO_FILTERS, SPLITS, STATES, useDataSearch } from "./search";

const CLASSES_SHOWN = 14;

interface Choice {
  value: string;
  label: string;
  color?: string;
}

/** Filters with their counts. The counts are asked for only after the first pictures are there. */
export function Facets({ dataset, ready }: { dataset: Dataset; ready: boolean }) {
  const t = useT("data");
  const [search, change] = useDataSearch();
  const counts = useQuery({ ...facetsQuery(dataset.id, filtersOf(search)), enabled: ready }).data;
  return (
    <aside className={styles.facets} aria-label={t("filters")}>
      <ClassFacet dataset={dataset} counts={counts} />
      <Facet
        name="state"
        title={t("facetState")}
        counts={counts}
        choices={STATES.map((value) => ({ value, label: t(`state_${value}`) }))}
      />
      <Facet
        name="split"
        title={t("facetSplit")}
        counts={counts}
        choices={SPLITS.map((value) => ({ value, label: t(`split_${value}`) })).filter(
          ({ value }) => value === search.split || value === "none" || (counts?.split[value] ?? 1) > 0,
        )}
      />
      <FindingFacet dataset={dataset} ready={ready} counts={counts} />
      <TagFacet dataset={dataset} ready={ready} counts={counts} />
      {isFiltered(search) ? (
        <Button size="sm" variant="quiet" onClick={() => change(NO_FILTERS)}>
          {t("clearFilters")}
        </Button>
      ) : null}
    </aside>
  );
}

function ClassFacet({ dataset, counts }: { dataset: Dataset; counts: SampleFacets | undefined }) {
  const t = useT("data");
  const [find, setFind] = useState("");
  const all = dataset.label_schema.classes.map((one) => ({
    value: one.id,
    label: classText(one),
    color: one.color,
  }));
  const found = all.filter((one) => one.label.toLowerCase().includes(find.trim().toLowerCase()));
  if (all.length === 0) return null;
  return (
    <Facet name="label" title={t("facetClass")} counts={counts} choices={found.slice(0, CLASSES_SHOWN)}>
      {all.length > CLASSES_SHOWN ? <Finder label={t("findClass")} value={find} onChange={setFind} /> : null}
    </Facet>
  );
}

interface FindingFacetProps {
  dataset: Dataset;
  ready: boolean;
  counts: SampleFacets | undefined;
}

function FindingFacet({ dataset, ready, counts }: FindingFacetProps) {
  const t = useT("data");
  const findings = useQuery({ ...findingsQuery(dataset.id), enabled: ready }).data ?? [];
  const choices = findings
    .filter((finding) => finding.count > 0 && finding.samples_url !== null)
    .map(({ code }) => ({ value: code, label: findingText(dataset.modality, code) }));
  return choices.length > 0 ? (
    <Facet name="finding" title={t("facetFinding")} counts={counts} choices={choices} />
  ) : null;
}

/** The most used tags, those of the sought word, and the one that is chosen. */
function TagFacet({ dataset, ready, counts }: FindingFacetProps) {
  const t = useT("data");
  const [search] = useDataSearch();
  const [find, setFind] = useState("");
  const tags = useQuery({ ...tagsQuery(dataset.id), enabled: ready }).data ?? [];
  const all = [...new Set([...tags.map(({ tag }) => tag), ...(search.tag ? [search.tag] : [])])];
  if (all.length === 0) return null;
  const found = all.filter((tag) => tag.includes(find.trim().toLowerCase()));
  const shown = found.filter((tag, at) => at < CLASSES_SHOWN || tag === search.tag);
  const choices = shown.map((tag) => ({ value: tag, label: tag === "none" ? t("tag_none") : tag }));
  return (
    <Facet name="tag" title={t("facetTag")} counts={counts} choices={choices}>
      {all.length > CLASSES_SHOWN ? <Finder label={t("findTag")} value={find} onChange={setFind} /> : null}
    </Facet>
  );
}

interface FinderProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** Narrows the choices of a facet that has many. */
function Finder({ label, value, onChange }: FinderProps) {
  return (
    <div className={styles.facetSearch}>
      <TextField
        label={label}
        hideLabel
        placeholder={label}
        value={value}
        onChange={onChange}
        icon={<IconSearch size={14} />}
      />
    </div>
  );
}

interface FacetProps {
  name: "label" | "state" | "split" | "finding" | "tag";
  title: string;
  choices: readonly Choice[];
  counts: SampleFacets | undefined;
  children?: React.ReactNode;
}

function Facet({ name, title, choices, counts, children }: FacetProps) {
  const [search, change] = useDataSearch();
  const chosen: DataSearch[typeof name] = search[name];
  return (
    <section className={styles.facet} aria-label={title}>
      <div className={styles.facetHead}>{title}</div>
      {children}
      {choices.map(({ value, label, color }) => (
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
          <span>{counts ? countOf(counts, name, value) : ""}</span>
        </button>
      ))}
    </section>
  );
}

/** The count; with a plus where the server looked at the first ones only. */
function countOf(counts: SampleFacets, name: FacetProps["name"], value: string): string {
  return `${formatCount(counts[name][value] ?? 0)}${counts.partial.includes(name) ? "+" : ""}`;
}
