import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { rowsOf } from "@/api/query";
import { algorithmsQuery } from "@/api/training";
import type { Dataset } from "@/api/types";
import { type DatasetVersion, versionQuery, versionsPages } from "@/api/versions";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader } from "@/ui";
import { Launcher } from "./Launcher";

export function TrainPage() {
  const { version, dataset } = useSearch({ from: "/app/p/$project/train/new" });
  const wanted = useQuery({ ...versionQuery(version ?? ""), enabled: version !== undefined }).data;
  return (
    <WithDataset wanted={dataset ?? wanted?.dataset}>
      {(found) => <Train dataset={found} wanted={wanted?.dataset === found.id ? wanted : undefined} />}
    </WithDataset>
  );
}

function Train({ dataset, wanted }: { dataset: Dataset; wanted: DatasetVersion | undefined }) {
  const t = useT("runs");
  const project = useProjectId();
  const versions = useInfiniteQuery(versionsPages(dataset.id));
  const algorithms = useQuery(algorithmsQuery(dataset.task));
  const navigate = useNavigate();
  const toDataset = (id: string) =>
    void navigate({ to: "/p/$project/train/new", params: { project }, search: { dataset: id } });
  return (
    <Page>
      <PageHeader
        title={t("newTitle")}
        actions={<DatasetSwitch dataset={dataset.id} onChange={toDataset} />}
      />
      <QueryState query={{ ...versions, data: rowsOf(versions.data) }}>
        {(rows) => {
          const first = wanted ?? rows[0];
          if (!first) {
            return (
              <EmptyState
                title={t("whyNot_version")}
                action={
                  <LinkButton
                    to="/p/$project/versions/new"
                    params={{ project }}
                    search={{ dataset: dataset.id }}
                    variant="primary"
                  >
                    {t("freezeDo")}
                  </LinkButton>
                }
              />
            );
          }
          return (
            <QueryState query={algorithms}>
              {(known) =>
                known.length > 0 ? (
                  <Launcher
                    key={first.id}
                    dataset={dataset}
                    versions={rows}
                    first={first}
                    algorithms={known}
                  />
                ) : (
                  <EmptyState title={t("untrainable")}>{t("untrainableText")}</EmptyState>
                )
              }
            </QueryState>
          );
        }}
      </QueryState>
    </Page>
  );
}
