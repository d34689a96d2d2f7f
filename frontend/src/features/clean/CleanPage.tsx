import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { cleaningOperatorsQuery } from "@/api/cleanings";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { EmptyState, Page, PageHeader } from "@/ui";
import { CleanEditor } from "./CleanEditor";

/** Build a cleaning, see at once what it makes of the data, apply it, take it back. */
export function CleanPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/data/clean" });
  return <WithDataset wanted={dataset}>{(found) => <Clean key={found.id} dataset={found} />}</WithDataset>;
}

function Clean({ dataset }: { dataset: Dataset }) {
  const t = useWords("clean", dataset.modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const { q = "", steps } = useSearch({ from: "/app/p/$project/data/clean" });
  const operators = useQuery({
    ...cleaningOperatorsQuery(dataset.id),
    enabled: dataset.modality !== "audio",
  });
  const go = (id: string, filter: string) =>
    void navigate({
      to: "/p/$project/data/clean",
      params: { project },
      search: { dataset: id, q: filter || undefined },
    });
  return (
    <Page wide>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        actions={<DatasetSwitch dataset={dataset.id} onChange={(id) => go(id, "")} />}
      />
      {dataset.modality === "audio" ? (
        <EmptyState title={t("unfitTitle")}>{t("unfitText")}</EmptyState>
      ) : (
        <QueryState query={operators}>
          {(all) => (
            <CleanEditor
              dataset={dataset}
              operators={all}
              filter={q}
              asked={steps}
              onFilter={(filter) => go(dataset.id, filter)}
            />
          )}
        </QueryState>
      )}
    </Page>
  );
}
