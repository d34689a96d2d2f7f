import { IconArrowsExchange } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { PersonWork } from "@/api/work";
import { useT } from "@/i18n";
import { formatCount, formatDuration, formatPercent } from "@/i18n/format";
import { Button, type Column, DataTable, Panel } from "@/ui";
import type { WorkProps } from "./WorkFigures";

const MoveDialog = lazy(() => import("./MoveDialog").then((module) => ({ default: module.MoveDialog })));

/** What nobody has yet is a row as well: it is given out as any other work is moved. */
export interface Holder {
  /** Null: nobody. */
  username: string | null;
  movable: number;
  begun: number;
  work: PersonWork | null;
}

/** Everybody's part by name, and the way to move work between them. */
export function WorkPeople({ campaign, overview }: WorkProps) {
  const t = useT("workload");
  const [moving, setMoving] = useState<Holder | null>(null);
  const rows: Holder[] = overview.people.map((work) => ({ ...work, work }));
  if (overview.pool > 0) rows.unshift({ username: null, movable: overview.pool, begun: 0, work: null });
  return (
    <Panel title={t("people")} flush>
      <DataTable
        label={t("people")}
        rows={rows}
        rowKey={(row) => row.username ?? ""}
        columns={useColumns(campaign.may.manage && campaign.state === "open" ? setMoving : null)}
      />
      <Suspense fallback={null}>
        {moving ? (
          <MoveDialog
            campaign={campaign}
            holder={moving}
            people={overview.people.map(({ username }) => username)}
            onClose={() => setMoving(null)}
          />
        ) : null}
      </Suspense>
    </Panel>
  );
}

function useColumns(onMove: ((row: Holder) => void) | null): Column<Holder>[] {
  const t = useT("workload");
  const figure = (key: string, header: string, text: (work: PersonWork) => string): Column<Holder> => ({
    key,
    header,
    align: "right",
    cell: ({ work }) => (work ? text(work) : ""),
  });
  const columns: Column<Holder>[] = [
    { key: "person", header: t("person"), grow: true, cell: (row) => row.username ?? <Nobody /> },
    {
      key: "hand",
      header: t("inHand"),
      align: "right",
      cell: (row) => (
        <>
          {formatCount(row.movable + row.begun)}
          {row.begun > 0 ? (
            <span className="muted small"> · {t("ofThemBegun", { count: row.begun })}</span>
          ) : null}
        </>
      ),
    },
    figure("week", t("doneWeek"), (work) => formatCount(work.week)),
    figure("done", t("doneAll"), (work) => formatCount(work.done)),
    figure("median", t("median"), (work) =>
      work.median_seconds === null ? "–" : formatDuration(work.median_seconds),
    ),
    figure("rework", t("rework"), (work) =>
      work.rework_rate === null ? "–" : formatPercent(work.rework_rate),
    ),
  ];
  if (onMove === null) return columns;
  const move = (row: Holder) =>
    row.movable + row.begun > 0 ? (
      <Button
        size="sm"
        icon={<IconArrowsExchange size={16} />}
        aria-label={row.username === null ? t("moveOfPool") : t("moveOf", { name: row.username })}
        onClick={() => onMove(row)}
      >
        {t("move")}
      </Button>
    ) : null;
  return [...columns, { key: "move", header: t("move"), align: "right", cell: move }];
}

function Nobody() {
  const t = useT("workload");
  return (
    <>
      {t("pool")} <span className="muted small">{t("poolHint")}</span>
    </>
  );
}
