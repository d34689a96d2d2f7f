import { useInfiniteQuery } from "@tanstack/react-query";
import { rowsOf } from "@/api/query";
import { samplesPages } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { useMay, useProjectId } from "@/app/inProject";
import { Failure } from "@/app/QueryState";
import { WithDataset } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { Button, EmptyState, LinkButton, Skeleton } from "@/ui";
import styles from "./data.module.css";
import { Facets } from "./Facets";
import { Gallery } from "./Gallery";
import { NearBar } from "./NearBar";
import { SampleDrawer } from "./SampleDrawer";
import { SelectionBar } from "./SelectionBar";
import { StatisticsPanel } from "./StatisticsPanel";
import { filtersOf, isFiltered, NO_FILTERS, useDataSearch } from "./search";
import { Toolbar } from "./Toolbar";
import { TableView } from "./table/TableView";
import { useSelection } from "./useSelection";

export function DataPage() {
  const [search] = useDataSearch();
  return (
    <WithDataset wanted={search.dataset}>
      {(dataset) =>
        dataset.modality === "tabular" ? (
          <TableView key={dataset.id} dataset={dataset} />
        ) : search.view === "stats" ? (
          <StatisticsView dataset={dataset} />
        ) : (
          <GridView key={dataset.id} dataset={dataset} />
        )
      }
    </WithDataset>
  );
}

function StatisticsView({ dataset }: { dataset: Dataset }) {
  return (
    <div className={styles.page}>
      <section className={styles.main}>
        <h1 className="visually-hidden">{dataset.name}</h1>
        <Toolbar dataset={dataset} />
        <div className={styles.scroll}>
          <StatisticsPanel dataset={dataset} />
        </div>
      </section>
    </div>
  );
}

function GridView({ dataset }: { dataset: Dataset }) {
  const [search, change] = useDataSearch();
  const filters = filtersOf(search);
  const query = useInfiniteQuery(samplesPages(dataset.id, filters));
  const samples = rowsOf(query.data);
  const selection = useSelection(samples ?? []);
  return (
    <div className={styles.page}>
      <Facets dataset={dataset} ready={samples !== undefined} />
      <section className={styles.main}>
        <h1 className="visually-hidden">{dataset.name}</h1>
        {selection.selected.size > 0 ? (
          <SelectionBar dataset={dataset} selection={selection} />
        ) : (
          <Toolbar dataset={dataset} />
        )}
        <NearBar />
        {query.error && !samples ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {samples === undefined && !query.error ? <GallerySkeleton /> : null}
        {samples?.length === 0 ? <Nothing isFiltered={isFiltered(search)} /> : null}
        {samples && samples.length > 0 ? (
          <Gallery
            dataset={dataset}
            samples={samples}
            hasMore={query.hasNextPage}
            isStale={query.isPlaceholderData}
            onMore={() => query.isFetchingNextPage || void query.fetchNextPage()}
            selection={selection}
            onOpen={(sample) => change({ sample: sample.id })}
          />
        ) : null}
      </section>
      {search.sample ? (
        <SampleDrawer
          dataset={dataset}
          id={search.sample}
          samples={samples ?? []}
          filters={filters}
          onChange={(sample) => change({ sample })}
          onMore={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      ) : null}
    </div>
  );
}

function GallerySkeleton() {
  return (
    <div className={styles.scroll}>
      <div className={styles.skeleton}>
        <Skeleton lines={3} height={140} />
      </div>
    </div>
  );
}

function Nothing({ isFiltered: filtered }: { isFiltered: boolean }) {
  const t = useT("data");
  const project = useProjectId();
  const mayCurate = useMay("curate_project");
  const [, change] = useDataSearch();
  if (filtered) {
    return (
      <EmptyState
        title={t("noMatchTitle")}
        action={<Button onClick={() => change(NO_FILTERS)}>{t("clearFilters")}</Button>}
      >
        {t("noMatchText")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("emptyTitle")}
      action={
        mayCurate ? (
          <LinkButton to="/p/$project/data/import" params={{ project }} variant="primary">
            {t("importDo")}
          </LinkButton>
        ) : null
      }
    >
      {mayCurate ? t("emptyText") : t("emptyViewer")}
    </EmptyState>
  );
}
