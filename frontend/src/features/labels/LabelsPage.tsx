import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { may, meQuery } from "@/api/auth";
import { datasetQuery, datasetsQuery } from "@/api/datasets";
import type { Dataset } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { firstOf } from "@/app/WithDataset";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader, SelectField } from "@/ui";
import { SchemaEditor } from "./SchemaEditor";

/** The classes of a data set: names, colors, keys, descriptions. */
export function LabelsPage() {
  const t = useT("labels");
  const { project } = useParams({ from: "/app/p/$project/labels" });
  const search = useSearch({ from: "/app/p/$project/labels" });
  return (
    <QueryState query={useQuery(datasetsQuery(project))}>
      {({ results }) => {
        const id = search.dataset ?? firstOf(results)?.id;
        return id ? (
          <OneDataset project={project} datasets={results} id={id} />
        ) : (
          <EmptyState
            title={t("noDataset")}
            action={
              <LinkButton
                to="/p/$project/data/import"
                params={{ project }}
                search={{ dataset: undefined }}
                variant="primary"
              >
                {t("toImport")}
              </LinkButton>
            }
          >
            {t("noDatasetHint")}
          </EmptyState>
        );
      }}
    </QueryState>
  );
}

function OneDataset({
  project,
  datasets,
  id,
}: {
  project: string;
  datasets: readonly Dataset[];
  id: string;
}) {
  const t = useT("labels");
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const choose = (dataset: string | null) => {
    if (dataset) void navigate({ to: "/p/$project/labels", params: { project }, search: { dataset } });
  };
  const picker =
    datasets.length > 1 ? (
      <SelectField
        label={t("dataset")}
        hideLabel
        value={id}
        options={datasets.map((one) => ({ value: one.id, label: one.name }))}
        onChange={choose}
      />
    ) : null;
  return (
    <Page>
      <PageHeader title={t("title")} description={t("lead")} actions={picker} />
      <QueryState query={useQuery(datasetQuery(id))}>
        {(dataset) => (
          <SchemaEditor key={dataset.id} dataset={dataset} canEdit={may(me, project, "curate_project")} />
        )}
      </QueryState>
    </Page>
  );
}
