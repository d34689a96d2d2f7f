import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { datasetQuery, datasetsQuery } from "@/api/datasets";
import { asAppError } from "@/api/errors";
import { createDataset } from "@/api/people";
import { projectQuery } from "@/api/projects";
import { TASKS } from "@/api/tasks";
import type { Dataset } from "@/api/types";
import { useT } from "@/i18n";
import { Button, EmptyState, LinkButton, Page, SelectField } from "@/ui";
import { act } from "./act";
import { useMay, useProjectId } from "./inProject";
import { QueryState } from "./QueryState";

interface WithDatasetProps {
  wanted: string | undefined;
  children: (dataset: Dataset) => ReactNode;
}

/** The data set a page is about: the one its address names, else the first. Pages load the words of `data`. */
export function WithDataset({ wanted, children }: WithDatasetProps) {
  return wanted ? <Whole id={wanted}>{children}</Whole> : <First>{children}</First>;
}

function First({ children }: Pick<WithDatasetProps, "children">) {
  const query = useQuery(datasetsQuery(useProjectId()));
  return (
    <QueryState query={query}>
      {({ results }) => {
        const dataset = firstOf(results);
        return dataset ? <Whole id={dataset.id}>{children}</Whole> : <NoDataset />;
      }}
    </QueryState>
  );
}

/** The oldest that holds something, so that an address without a name means the same when another one is made. */
export function firstOf(datasets: readonly Dataset[]): Dataset | undefined {
  const oldest = datasets.toSorted((a, b) => a.created_at.localeCompare(b.created_at));
  return oldest.find(({ counts }) => counts.samples > 0) ?? oldest[0];
}

/** Lists are brief; the classes come with the data set itself. One of another project is none of this one. */
function Whole({ id, children }: { id: string; children: (dataset: Dataset) => ReactNode }) {
  const project = useProjectId();
  const query = useQuery(datasetQuery(id));
  const isUnknown = query.error
    ? asAppError(query.error).status === 404
    : query.data && query.data.project !== project;
  return isUnknown ? <UnknownDataset /> : <QueryState query={query}>{children}</QueryState>;
}

function UnknownDataset() {
  const t = useT("data");
  return (
    <Page>
      <EmptyState
        title={t("unknownDatasetTitle")}
        action={
          <LinkButton to="/p/$project/data" params={{ project: useProjectId() }} variant="primary">
            {t("unknownDatasetDo")}
          </LinkButton>
        }
      >
        {t("unknownDatasetText")}
      </EmptyState>
    </Page>
  );
}

function NoDataset() {
  const t = useT("data");
  const project = useProjectId();
  const known = useQuery(projectQuery(project)).data;
  const mayCurate = useMay("curate_project");
  const create = async () => {
    const task = TASKS.find((one) => one === known?.template) ?? "image_classification";
    await act(() => createDataset(project, known?.name ?? t("dataset"), task));
  };
  return (
    <Page>
      <EmptyState
        title={t("noDatasetTitle")}
        action={
          mayCurate ? (
            <Button variant="primary" onClick={create}>
              {t("createDataset")}
            </Button>
          ) : null
        }
      >
        {t("noDatasetText")}
      </EmptyState>
    </Page>
  );
}

/** Choose among the project's data sets; nothing where there is only one. */
export function DatasetSwitch({ dataset, onChange }: { dataset: string; onChange: (id: string) => void }) {
  const t = useT("data");
  const datasets = useQuery(datasetsQuery(useProjectId())).data?.results ?? [];
  if (datasets.length < 2) return null;
  return (
    <SelectField
      label={t("dataset")}
      hideLabel
      value={dataset}
      options={datasets.map((one) => ({ value: one.id, label: one.name }))}
      onChange={(id) => id && onChange(id)}
    />
  );
}
