import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { AUGMENTABLE } from "@/api/augment";
import { sampleCountQuery } from "@/api/samples";
import type { Dataset, Job } from "@/api/types";
import { FilterField } from "@/app/filter/FilterField";
import { useMay, useProjectId } from "@/app/inProject";
import { DatasetSwitch } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { LinkButton, SegmentedField, SelectField } from "@/ui";
import { ColumnsMenu } from "./ColumnsMenu";
import styles from "./data.module.css";
import { EditsMenu } from "./EditsMenu";
import { NewDatasetButton } from "./NewDatasetButton";
import { DEFAULT_ORDERING, filtersOf, isFiltered, NO_FILTERS, ORDERINGS, useDataSearch } from "./search";
import { ViewsMenu } from "./ViewsMenu";

/** Where the server stops counting, unless a counter knows; see `samples_count`. */
const COUNT_LIMIT = 10_000;

/** What the server has cleaning operators for. */
const CLEANABLE = ["image", "text"];

/** What has a page of figures and a map. */
const EXPLORABLE = ["image", "text", "audio"];

interface ToolbarProps {
  dataset: Dataset;
  error?: unknown;
  /** Follows the job of a change that is undone from the list of changes. */
  onJob?: (job: Job) => void;
}

/** What is shown and in which order; the way to import and to the checks. */
export function Toolbar({ dataset, error, onJob }: ToolbarProps) {
  const t = useWords("data", dataset.modality);
  const project = useProjectId();
  const [search, change] = useDataSearch();
  const isList = search.view !== "stats";
  return (
    <div className={styles.toolbar}>
      <SegmentedField
        label={t("title")}
        value={search.view ?? "grid"}
        options={[
          { value: "grid", label: t("grid") },
          { value: "table", label: t("table") },
          { value: "stats", label: t("statistics") },
        ]}
        onChange={(view) => change({ view: view === "stats" || view === "table" ? view : undefined })}
      />
      <DatasetSwitch
        dataset={dataset.id}
        onChange={(id) => change({ ...NO_FILTERS, dataset: id, sample: undefined })}
      />
      <span className={styles.spacer} />
      <BinLink />
      <NewDatasetButton />
      {AUGMENTABLE.includes(dataset.modality) ? (
        <LinkButton to="/p/$project/augment" params={{ project }} search={{ dataset: search.dataset }}>
          {t("augment")}
        </LinkButton>
      ) : null}
      {EXPLORABLE.includes(dataset.modality) ? (
        <LinkButton to="/p/$project/data/explore" params={{ project }} search={{ dataset: search.dataset }}>
          {t("explore")}
        </LinkButton>
      ) : null}
      {CLEANABLE.includes(dataset.modality) ? (
        <LinkButton
          to="/p/$project/data/clean"
          params={{ project }}
          search={{ dataset: search.dataset, q: search.q }}
        >
          {t("clean")}
        </LinkButton>
      ) : null}
      <LinkButton to="/p/$project/data/checks" params={{ project }} search={{ dataset: search.dataset }}>
        {t("checks")}
      </LinkButton>
      <ImportLink dataset={dataset.id} />
      {isList ? <ListTools dataset={dataset} error={error} onJob={onJob} /> : null}
    </div>
  );
}

/** The way to what was deleted. */
export function BinLink() {
  const t = useT("data");
  const project = useProjectId();
  if (!useMay("curate_project")) return null;
  return (
    <LinkButton to="/p/$project/data/bin" params={{ project }} variant="quiet">
      {t("bin")}
    </LinkButton>
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

function ListTools({ dataset, error, onJob }: ToolbarProps) {
  const t = useT("data");
  const [search, change] = useDataSearch();
  return (
    <div className={styles.listTools}>
      <FilterField
        dataset={dataset}
        value={search.q ?? ""}
        onChange={(q) => change({ q: q || undefined })}
        error={error}
      />
      {search.view === "table" ? (
        <ColumnsMenu />
      ) : search.similar ? null : (
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
      )}
      <ViewsMenu dataset={dataset} />
      {onJob ? <EditsMenu dataset={dataset} onJob={onJob} /> : null}
      <Count dataset={dataset} />
    </div>
  );
}

function Count({ dataset }: { dataset: Dataset }) {
  const t = useWords("data", dataset.modality);
  const [search] = useDataSearch();
  const filters = filtersOf(search);
  const counted = useQuery({ ...sampleCountQuery(dataset.id, filters), enabled: isFiltered(search) }).data;
  const count = isFiltered(search) ? counted : dataset.counts.samples;
  return (
    <span className={styles.count} aria-live="polite">
      {count === undefined
        ? ""
        : isFiltered(search) && count === COUNT_LIMIT + 1
          ? t("countMore", { count: COUNT_LIMIT })
          : t("count", { count })}
    </span>
  );
}
