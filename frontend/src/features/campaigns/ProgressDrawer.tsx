import { useQuery } from "@tanstack/react-query";
import { progressQuery } from "@/api/campaigns";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount, formatDuration } from "@/i18n/format";
import { DataTable, Drawer, Panel, Stack, Stat, StatRow } from "@/ui";

/** How a task goes: totals, people, and when it will be done. */
export function ProgressDrawer({ campaign, onClose }: { campaign: string; onClose: () => void }) {
  const t = useT("campaigns");
  return (
    <Drawer open onClose={onClose} title={t("details")} size="lg">
      <QueryState query={useQuery(progressQuery(campaign))} compact>
        {(progress) => (
          <Stack>
            <StatRow>
              <Stat label={t("toLabel")} value={formatCount(progress.counts.new + progress.counts.leased)} />
              <Stat label={t("submitted")} value={formatCount(progress.counts.submitted)} />
              <Stat label={t("accepted")} value={formatCount(progress.counts.accepted)} />
              <Stat label={t("rejected")} value={formatCount(progress.counts.rejected)} />
              <Stat
                label={t("median")}
                value={progress.median_seconds === null ? "–" : formatDuration(progress.median_seconds)}
              />
            </StatRow>
            <Panel title={t("perPerson")} flush>
              <DataTable
                label={t("perPerson")}
                rows={progress.per_assignee}
                rowKey={(row) => row.username}
                columns={[
                  { key: "person", header: t("person"), cell: (row) => row.username, grow: true },
                  {
                    key: "open",
                    header: t("openItems"),
                    align: "right",
                    cell: (row) => formatCount(row.open),
                  },
                  {
                    key: "submitted",
                    header: t("submitted"),
                    align: "right",
                    cell: (row) => formatCount(row.submitted),
                  },
                  {
                    key: "accepted",
                    header: t("accepted"),
                    align: "right",
                    cell: (row) => formatCount(row.accepted),
                  },
                  {
                    key: "rejected",
                    header: t("rejected"),
                    align: "right",
                    cell: (row) => formatCount(row.rejected),
                  },
                  {
                    key: "median",
                    header: t("median"),
                    align: "right",
                    cell: (row) => (row.median_seconds === null ? "–" : formatDuration(row.median_seconds)),
                  },
                ]}
              />
            </Panel>
          </Stack>
        )}
      </QueryState>
    </Drawer>
  );
}
