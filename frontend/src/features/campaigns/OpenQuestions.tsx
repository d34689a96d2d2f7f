import { useQuery } from "@tanstack/react-query";
import { openQuestionsQuery } from "@/api/questions";
import type { Campaign } from "@/api/types";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { DataTable, Panel } from "@/ui";

/** What people asked and nobody has settled yet, the newest first. */
export function OpenQuestions({ campaign }: { campaign: Campaign }) {
  const t = useT("questions");
  const found = useQuery(openQuestionsQuery(campaign.id)).data?.results ?? [];
  if (found.length === 0) return null;
  return (
    <Panel title={t("title")} flush>
      <DataTable
        label={t("title")}
        rows={found}
        rowKey={(row) => row.id}
        columns={[
          { key: "sample", header: t("sample"), cell: (row) => row.sample.name },
          { key: "by", header: t("by"), cell: (row) => row.author },
          { key: "text", header: t("question"), grow: true, cell: (row) => row.comments[0]?.text ?? "" },
          {
            key: "answers",
            header: t("answers"),
            align: "right",
            cell: (row) => formatCount(Math.max(0, row.comments.length - 1)),
          },
        ]}
      />
    </Panel>
  );
}
