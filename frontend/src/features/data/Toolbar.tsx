import { IconPlus, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { sampleCountQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { useMay, useProjectId } from "@/app/inProject";
import { DatasetSwitch } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { LinkButton, SegmentedField, SelectField, TextField } from "@/ui";
import styles from "./data.module.css";
import { DEFAULT_ORDERING, filtersOf, isFiltered, NO_FILTERS, ORDERINGS, useDataSearch } from "./search";

const TYPING_REST_MS = 250;

/** What is shown and in which order; the way to import and to the checks. */
export function Toolbar({ dataset }: { dataset: Dataset }) {
  const t = useT("data");
  const project = useProjectId();
  const [search, change] = useDataSearch();
  const isGrid = search.view !== "stats";
  return (
    <div className={styles.toolbar}>
      <SegmentedField
        label={t("title")}
        value={isGrid ? "grid" : "stats"}
        options={[
          { value: "grid", label: t("grid") },
          { value: "stats", label: t("statistics") },
        ]}
        onChange={(view) => change({ view: view === "stats" ? "stats" : undefined })}
      />
      <DatasetSwitch
        dataset={dataset.id}
        onChange={(id) => change({ ...NO_FILTERS, dataset: id, sample: undefined })}
      />
      {isGrid ? <GridTools dataset={dataset} /> : null}
      <span className={styles.spacer} />
      <LinkButton to="/p/$project/augment" params={{ project }} search={{ dataset: search.dataset }}>
        {t("augment")}
      </LinkButton>
      <LinkButton to="/p/$project/data/explore" params={{ project }} search={{ dataset: search.dataset }}>
        {t("explore")}
      </LinkButton>
      <LinkButton to="/p/$project/data/checks" params={{ project }} search={{ dataset: search.dataset }}>
        {t("checks")}
      </LinkButton>
      <ImportLink dataset={search.dataset} />
    </div>
  );
}

function ImportLink({ dataset }: { dataset: string | undefined }) {
  const t = useT("data");
  const project = useProjectId();
  if (!useMay("curate_project")) return null;
  return (
    <LinkButton
      to="/p/$project/data/import"
      params={{ project }}
      search={{ dataset }}
      variant="primary"
      icon={<IconPlus size={16} />}
    >
      {t("import")}
    </LinkButton>
  );
}

function GridTools({ dataset }: { dataset: Dataset }) {
  const t = useT("data");
  const [search, change] = useDataSearch();
  return (
    <>
      <div className={styles.search}>
        <SearchField />
      </div>
      <div className={styles.order}>
        <SelectField
          label={t("ordering")}
          hideLabel
          value={ORDERINGS.find((one) => one === search.ordering) ?? DEFAULT_ORDERING}
          options={ORDERINGS.map((value) => ({ value, label: t(`order_${value}`) }))}
          onChange={(ordering) =>
            change({ ordering: ordering && ordering !== DEFAULT_ORDERING ? ordering : undefined })
          }
        />
      </div>
      <Count dataset={dataset} />
    </>
  );
}

function SearchField() {
  const t = useT("data");
  const [search, change] = useDataSearch();
  const [text, setText] = useState(search.q ?? "");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the timer
  useEffect(() => {
    if (text === (search.q ?? "")) return;
    const timer = setTimeout(() => change({ q: text || undefined }), TYPING_REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => setText(search.q ?? ""), [search.q]);
  return (
    <TextField
      label={t("search")}
      hideLabel
      type="search"
      placeholder={t("search")}
      value={text}
      onChange={setText}
      icon={<IconSearch size={14} />}
    />
  );
}

function Count({ dataset }: { dataset: Dataset }) {
  const t = useT("data");
  const [search] = useDataSearch();
  const filters = filtersOf(search);
  const counted = useQuery({ ...sampleCountQuery(dataset.id, filters), enabled: isFiltered(search) }).data;
  const count = isFiltered(search) ? counted : dataset.counts.samples;
  return (
    <span className={styles.count} aria-live="polite">
      {count === undefined ? "" : t("count", { count })}
    </span>
  );
}
