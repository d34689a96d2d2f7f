import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { figureOf } from "@/api/metrics";
import { rowsOf } from "@/api/query";
import { isRunOpen, type Run, runsPages } from "@/api/training";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useCanTrain } from "@/app/trainable";
import { lookup, useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import {
  type Column,
  DataTable,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  Progress,
  Row,
  Time,
} from "@/ui";
import { RunState } from "./RunState";
import styles from "./runs.module.css";

export function RunsPage() {
  const t = useT("runs");
  const project = useProjectId();
  const navigate = useNavigate();
  const query = useInfiniteQuery(runsPages(project));
  const mayTrain = useMay("train_project");
  const canTrain = useCanTrain(project);
  const make =
    mayTrain && canTrain ? (
      <LinkButton
        to="/p/$project/train/new"
        params={{ project }}
        variant="primary"
        icon={<IconPlus size={16} />}
      >
        {t("new")}
      </LinkButton>
    ) : null;
  return (
    <Page>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        actions={
          <>
            <LinkButton to="/p/$project/reports" params={{ project }}>
              {t("reports")}
            </LinkButton>
            {make}
          </>
        }
      />
      <QueryState query={query}>
        {(data) => (
          <Panel flush>
            <DataTable
              label={t("title")}
              columns={columnsOf(t)}
              rows={rowsOf(data)}
              rowKey={(run) => run.id}
              rowName={(run) => run.name}
              onOpen={(run) =>
                void navigate({ to: "/p/$project/runs/$run", params: { project, run: run.id } })
              }
              empty={
                <EmptyState title={t("emptyTitle")} action={make}>
                  {canTrain === false ? t("untrainableText") : mayTrain ? t("emptyText") : t("emptyViewer")}
                </EmptyState>
              }
              hasMore={query.hasNextPage}
              loadingMore={query.isFetchingNextPage}
              onMore={() => void query.fetchNextPage()}
            />
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}

function percent(value: number | null): string {
  return value === null ? "–" : formatPercent(value);
}

function columnsOf(t: ReturnType<typeof useT<"runs">>): Column<Run>[] {
  return [
    { key: "name", header: t("name"), grow: true, cell: (run) => <NameCell run={run} /> },
    { key: "state", header: t("state"), cell: (run) => <RunState run={run} /> },
    {
      key: "profile",
      header: t("profile"),
      cell: (run) => (
        <span className={styles.nowrap}>{lookup("runs", `preset_${run.profile}`) ?? run.profile}</span>
      ),
    },
    {
      key: "accuracy",
      header: t("accuracy"),
      align: "right",
      cell: (run) => percent(figureOf(run.metrics, "accuracy")),
    },
    { key: "f1", header: t("f1"), align: "right", cell: (run) => percent(figureOf(run.metrics, "macro_f1")) },
    {
      key: "started",
      header: t("started"),
      align: "right",
      cell: (run) => (
        <span className={styles.nowrap}>{run.started_at ? <Time iso={run.started_at} /> : "–"}</span>
      ),
    },
  ];
}

function NameCell({ run }: { run: Run }) {
  const { progress } = run;
  return (
    <div className={styles.name}>
      <strong>{run.name}</strong>
      {isRunOpen(run) && progress?.total ? (
        <Row>
          <Progress value={progress.done / progress.total} label={run.name} />
        </Row>
      ) : null}
    </div>
  );
}
