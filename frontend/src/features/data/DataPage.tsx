import { useInfiniteQuery } from "@tanstack/react-query";
import { type ComponentType, lazy, Suspense, useEffect, useState } from "react";
import { rowsOf } from "@/api/query";
import { samplesPages } from "@/api/samples";
import type { Dataset, Sample } from "@/api/types";
import { EditStatus } from "@/app/EditStatus";
import { faultOf } from "@/app/filter/FilterField";
import { Failure } from "@/app/QueryState";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { Button, EmptyState, PageSkeleton, Skeleton } from "@/ui";
import styles from "./data.module.css";
import { EmptyDataset } from "./EmptyDataset";
import { Facets } from "./Facets";
import { Gallery, type GalleryProps } from "./Gallery";
import { NearBar } from "./NearBar";
import { SelectionBar } from "./SelectionBar";
import { DEFAULT_ORDERING, filtersOf, isFiltered, NO_FILTERS, selectionKey, useDataSearch } from "./search";
import { TextList } from "./TextList";
import { Toolbar } from "./Toolbar";
import { type Selection, useSelection } from "./useSelection";

/** Read once the list stands, so that the first sample opens at once. */
const loadDrawer = () => import("./SampleDrawer");
const SampleDrawer = lazy(() => loadDrawer().then((module) => ({ default: module.SampleDrawer })));

/** Whoever looks at pictures or texts does not wait for what only others need. */
const TableView = lazy(() => import("./table/TableView").then((module) => ({ default: module.TableView })));
const SampleTable = lazy(() => import("./SampleTable").then((module) => ({ default: module.SampleTable })));
const SoundList = lazy(() => import("./SoundList").then((module) => ({ default: module.SoundList })));
const StatisticsPanel = lazy(() =>
  import("./StatisticsPanel").then((module) => ({ default: module.StatisticsPanel })),
);

export function DataPage() {
  const [search] = useDataSearch();
  return (
    <WithDataset wanted={search.dataset}>
      {(dataset) =>
        dataset.modality === "tabular" ? (
          <Suspense fallback={<PageSkeleton />}>
            <TableView key={dataset.id} dataset={dataset} />
          </Suspense>
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
          <Suspense fallback={<Skeleton lines={6} />}>
            <StatisticsPanel dataset={dataset} />
          </Suspense>
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
  const selection = useSelection(samples ?? [], selectionKey(search));
  const [job, setJob] = useState<string | null>(null);
  const isFault = faultOf(query.error) !== undefined;
  useEffect(() => void loadDrawer(), []);
  const list = {
    dataset,
    samples: samples ?? [],
    hasMore: query.hasNextPage,
    isStale: query.isPlaceholderData,
    onMore: () => void (query.isFetchingNextPage || query.fetchNextPage()),
    selection,
    onOpen: (sample: Sample) => change({ sample: sample.id }),
  };
  return (
    <div className={styles.page}>
      <Facets dataset={dataset} ready={samples !== undefined} />
      <section className={styles.main}>
        <h1 className="visually-hidden">{dataset.name}</h1>
        <ListHead dataset={dataset} selection={selection} error={query.error} job={job} onJob={setJob} />
        <NearBar modality={dataset.modality} />
        {query.error && !samples && !isFault ? (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        ) : null}
        {isFault && !samples ? <Nothing dataset={dataset} isFiltered isFault /> : null}
        {samples === undefined && !query.error ? <GallerySkeleton /> : null}
        {samples?.length === 0 ? <Nothing dataset={dataset} isFiltered={isFiltered(search)} /> : null}
        {samples && samples.length > 0 ? <Listed {...list} /> : null}
      </section>
      {search.sample ? (
        <Suspense fallback={null}>
          <SampleDrawer
            dataset={dataset}
            id={search.sample}
            mark={search.mark}
            samples={samples ?? []}
            filters={filters}
            onChange={(sample) => change({ sample, mark: undefined }, sample !== undefined)}
            onJob={({ id }) => setJob(id)}
            onMore={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

interface ListHeadProps {
  dataset: Dataset;
  selection: Selection;
  error: unknown;
  job: string | null;
  onJob: (job: string | null) => void;
}

/** The tools, or while pictures are chosen what can be done with them; below, the change that is at work. */
function ListHead({ dataset, selection, error, job, onJob }: ListHeadProps) {
  const isChoosing = selection.isAll || selection.selected.size > 0;
  return (
    <>
      {isChoosing ? (
        <SelectionBar dataset={dataset} selection={selection} onJob={({ id }) => onJob(id)} />
      ) : (
        <Toolbar dataset={dataset} error={error} onJob={({ id }) => onJob(id)} />
      )}
      {job ? <EditStatus dataset={dataset} jobId={job} onJob={(next) => onJob(next?.id ?? null)} /> : null}
    </>
  );
}

const LISTS: Readonly<Record<string, ComponentType<GalleryProps>>> = { text: TextList, audio: SoundList };

/** The samples as pictures, texts or recordings, or as rows of a table. */
function Listed(list: GalleryProps) {
  const [search, change] = useDataSearch();
  if (search.view !== "table") {
    const Shown = LISTS[list.dataset.modality] ?? Gallery;
    return (
      <Suspense fallback={<GallerySkeleton />}>
        <Shown {...list} />
      </Suspense>
    );
  }
  return (
    <Suspense fallback={<GallerySkeleton />}>
      <SampleTable
        {...list}
        columns={search.columns}
        ordering={search.ordering ?? DEFAULT_ORDERING}
        onOrdering={(ordering) => change({ ordering })}
      />
    </Suspense>
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

interface NothingProps {
  dataset: Dataset;
  isFiltered: boolean;
  isFault?: boolean;
}

function Nothing({ dataset, isFiltered: filtered, isFault = false }: NothingProps) {
  const t = useWords("data", dataset.modality);
  const [, change] = useDataSearch();
  if (filtered) {
    return (
      <EmptyState
        title={t(isFault ? "filterWrong" : "noMatchTitle")}
        action={<Button onClick={() => change(NO_FILTERS)}>{t("clearFilters")}</Button>}
      >
        {t(isFault ? "filterWrongText" : "noMatchText")}
      </EmptyState>
    );
  }
  return <EmptyDataset dataset={dataset} title={t("emptyTitle")} />;
}
