import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { isOpen, jobQuery } from "@/api/jobs";
import { type Kind, retypeColumn, rowsQuery, type Table, type TableColumn, tableQuery } from "@/api/tables";
import type { Dataset, Job } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { Failure, QueryState } from "@/app/QueryState";
import { DatasetSwitch } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { Button, EmptyState, LinkButton, SegmentedField, Skeleton, toast } from "@/ui";
import { EditsMenu } from "../EditsMenu";
import { EmptyDataset } from "../EmptyDataset";
import { NewDatasetButton } from "../NewDatasetButton";
import { NO_FILTERS, useDataSearch } from "../search";
import { BinLink } from "../Toolbar";
import { ViewsMenu } from "../ViewsMenu";
import { ColumnDrawer } from "./ColumnDrawer";
import { conditionText } from "./cells";
import { FilterDialog } from "./FilterDialog";
import { Grid, type GridProps } from "./Grid";
import { RenameDialog } from "./RenameDialog";
import { type RowsAsked, RowsBar } from "./RowsBar";
import { RowsStatus } from "./RowsStatus";
import { StatsView } from "./StatsView";
import styles from "./tables.module.css";
import { useRowSelection } from "./useRowSelection";
import { useView, type View } from "./useView";

/** The browser of a tabular data set: its rows, or what its columns hold. */
export function TableView({ dataset }: { dataset: Dataset }) {
  const query = useQuery(tableQuery(dataset.id));
  return (
    <QueryState query={query}>
      {(table) => (table.rows > 0 ? <Loaded dataset={dataset} table={table} /> : <Empty dataset={dataset} />)}
    </QueryState>
  );
}

export type Asked = { what: "filter" | "rename"; column: TableColumn } | null;

function Loaded({ dataset, table }: { dataset: Dataset; table: Table }) {
  const view = useView(table.columns);
  const [search, change] = useDataSearch();
  const [asked, ask] = useState<Asked>(null);
  const look = (column: TableColumn) => change({ column: String(column.index) });
  const lookedAt = table.columns.find((column) => String(column.index) === search.column);
  const first = useQuery(rowsQuery(dataset.id, table.revision, view.query, 0));
  const selection = useRowSelection(table, view);
  const [rowsAsked, askRows] = useState<RowsAsked>(null);
  const [jobId, setJobId] = useState<string | null>(null);
  const isChoosing = (selection.isAll || selection.count > 0) && search.view !== "stats";
  const close = () => ask(null);
  return (
    <section className={styles.page}>
      <h1 className="visually-hidden">{dataset.name}</h1>
      {isChoosing ? (
        <RowsBar
          table={table}
          total={first.data?.count ?? 0}
          isFiltered={view.conditions.length > 0}
          selection={selection}
          asked={rowsAsked}
          onAsk={askRows}
          onJob={({ id }) => setJobId(id)}
        />
      ) : (
        <Toolbar dataset={dataset} table={table} shown={first.data?.count} onJob={({ id }) => setJobId(id)} />
      )}
      {jobId ? (
        <RowsStatus dataset={dataset.id} jobId={jobId} onJob={(job) => setJobId(job?.id ?? null)} />
      ) : null}
      {view.conditions.length > 0 ? <Chips table={table} view={view} /> : null}
      {search.view === "stats" ? (
        <StatsView table={table} onColumn={look} />
      ) : (
        <Rows
          dataset={dataset}
          table={table}
          view={view}
          selection={selection}
          onDelete={() => askRows("delete")}
          onAsk={ask}
          onLook={look}
        />
      )}
      {asked?.what === "filter" ? <FilterDialog column={asked.column} view={view} onClose={close} /> : null}
      {asked?.what === "rename" ? (
        <RenameDialog dataset={dataset.id} column={asked.column} onClose={close} />
      ) : null}
      {lookedAt ? (
        <ColumnDrawer column={lookedAt} onClose={() => change({ column: undefined }, true)} />
      ) : null}
    </section>
  );
}

type RowsProps = Omit<GridProps, "total" | "isStale" | "onRetype">;

/** The rows, or why there are none. */
function Rows(props: RowsProps) {
  const { dataset, table, view } = props;
  const retype = useRetype(dataset.id);
  const first = useQuery(rowsQuery(dataset.id, table.revision, view.query, 0));
  const total = first.data?.count;
  if (first.error && !first.data) return <Failure error={first.error} onRetry={() => void first.refetch()} />;
  if (total === 0) return <NoMatch view={view} />;
  if (total === undefined)
    return (
      <div className={styles.scroll}>
        <Skeleton lines={8} height={28} />
      </div>
    );
  return <Grid {...props} total={total} isStale={first.isPlaceholderData} onRetype={retype} />;
}

/** Have a column read anew, say so, and show the table again when it is done. */
function useRetype(dataset: string) {
  const t = useT("tables");
  const client = useQueryClient();
  const [pending, setPending] = useState<{ job: string; name: string; kind: Kind } | null>(null);
  const job = useQuery({ ...jobQuery(pending?.job ?? ""), enabled: pending !== null }).data;
  useEffect(() => {
    if (!pending || !job || job.id !== pending.job || isOpen(job)) return;
    setPending(null);
    const words = { name: pending.name, kind: t(`kind_${pending.kind}`) };
    const count = Number(job.result?.misfits ?? 0);
    if (job.error) toast(jobErrorText(job.error), { tone: "bad" });
    else toast(count > 0 ? t("retypedMisfits", { ...words, count }) : t("retyped", words));
    void client.invalidateQueries({ queryKey: ["dataset", dataset] });
  }, [job, pending, client, dataset, t]);
  return (column: TableColumn, kind: Kind) =>
    void act(async () => {
      const started = await retypeColumn(dataset, column.index, kind);
      toast(t("retyping", { name: column.name, kind: t(`kind_${kind}`) }));
      setPending({ job: started.id, name: column.name, kind });
    });
}

interface ToolbarProps {
  dataset: Dataset;
  table: Table;
  shown: number | undefined;
  /** Follows the job of a change that is undone from the list of changes. */
  onJob: (job: Job) => void;
}

function Toolbar({ dataset, table, shown, onJob }: ToolbarProps) {
  const t = useT("tables");
  const data = useT("data");
  const project = useProjectId();
  const mayCurate = useMay("curate_project");
  const [search, change] = useDataSearch();
  const isFiltered = shown !== undefined && shown !== table.rows;
  return (
    <div className={styles.toolbar}>
      <SegmentedField
        label={t("view")}
        value={search.view === "stats" ? "stats" : "table"}
        options={(["table", "stats"] as const).map((value) => ({ value, label: t(`view_${value}`) }))}
        onChange={(next) => change({ view: next === "stats" ? "stats" : undefined })}
      />
      <DatasetSwitch
        dataset={dataset.id}
        onChange={(id) => change({ ...NO_FILTERS, dataset: id, ordering: undefined })}
      />
      <span className={styles.count} aria-live="polite">
        {isFiltered ? t("rowsOf", { count: shown, total: table.rows }) : t("rows", { count: table.rows })}
      </span>
      <span className={styles.spacer} />
      <BinLink />
      <NewDatasetButton />
      <ViewsMenu dataset={dataset} />
      <EditsMenu dataset={dataset} onJob={onJob} />
      <LinkButton to="/p/$project/data/clean" params={{ project }} search={{ dataset: dataset.id }}>
        {data("clean")}
      </LinkButton>
      <LinkButton to="/p/$project/data/checks" params={{ project }} search={{ dataset: dataset.id }}>
        {data("checks")}
      </LinkButton>
      {mayCurate ? (
        <LinkButton
          to="/p/$project/data/import"
          params={{ project }}
          search={{ dataset: dataset.id }}
          variant="primary"
          icon={<IconPlus size={16} />}
        >
          {data("import")}
        </LinkButton>
      ) : null}
    </div>
  );
}

function Chips({ table, view }: { table: Table; view: View }) {
  const t = useT("tables");
  return (
    <div className={styles.chips}>
      {view.conditions.map((condition, at) => {
        const text = conditionText(condition, table.columns);
        return (
          <button
            key={`${text} ${JSON.stringify(condition)}`}
            type="button"
            className={styles.chip}
            aria-label={t("remove", { text })}
            onClick={() => view.setConditions(view.conditions.filter((_, other) => other !== at))}
          >
            <span>{text}</span>
            <IconX size={12} aria-hidden />
          </button>
        );
      })}
      <Button size="sm" variant="quiet" onClick={() => view.setConditions([])}>
        {t("clearFilters")}
      </Button>
    </div>
  );
}

function NoMatch({ view }: { view: View }) {
  const t = useT("tables");
  return (
    <EmptyState
      title={t("noMatchTitle")}
      action={<Button onClick={() => view.setConditions([])}>{t("clearFilters")}</Button>}
    >
      {t("noMatchText")}
    </EmptyState>
  );
}

function Empty({ dataset }: { dataset: Dataset }) {
  const t = useT("tables");
  const [, change] = useDataSearch();
  return (
    <section className={styles.page}>
      <div className={styles.toolbar}>
        <DatasetSwitch dataset={dataset.id} onChange={(id) => change({ ...NO_FILTERS, dataset: id })} />
        <span className={styles.spacer} />
        <NewDatasetButton />
      </div>
      <EmptyDataset dataset={dataset} title={t("emptyTitle")} />
    </section>
  );
}
