import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { rowsOf } from "@/api/query";
import { algorithmsQuery } from "@/api/training";
import type { Dataset } from "@/api/types";
import { type DatasetVersion, versionQuery, versionsPages } from "@/api/versions";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { WithDataset } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader } from "@/ui";
import { Launcher } from "./Launcher";

export function TrainPage() {
  const { version } = useSearch({ from: "/app/p/$project/train/new" });
  const wanted = useQuery({ ...versionQuery(version ?? ""), enabled: version !== undefined }).data;
  return (
    <WithDataset wanted={wanted?.dataset}>
      {(dataset) => <Train dataset={dataset} wanted={wanted} />}
    </WithDataset>
  );
}

function Train({ dataset, wanted }: { dataset: Dataset; wanted: DatasetVersion | undefined }) {
  const t = useT("runs");
  const project = useProjectId();
  const versions = useInfiniteQuery(versionsPages(dataset.id));
  const algorithms = useQuery(algorithmsQuery(dataset.task));
  return (
    <Page>
      <PageHeader title={t("newTitle")} />
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
              {(known) => (
                <Launcher key={first.id} dataset={dataset} versions={rows} first={first} algorithms={known} />
              )}
            </QueryState>
          );
        }}
      </QueryState>
    </Page>
  );
}
