import { queryOptions } from "@tanstack/react-query";
import type { RelationType } from "@/annotator/text/relations";
import { refreshAfterBin } from "./bin";
import { http } from "./http";
import { queryClient } from "./query";
import type { Dataset, LabelClass, PageOf } from "./types";

export const datasetsQuery = (project: string) =>
  queryOptions({
    queryKey: ["datasets", project],
    queryFn: ({ signal }) => http.get<PageOf<Dataset>>("datasets/", { project, limit: 100 }, signal),
  });

export const datasetQuery = (id: string) =>
  queryOptions({
    queryKey: ["dataset", id],
    queryFn: ({ signal }) => http.get<Dataset>(`datasets/${id}/`, undefined, signal),
  });

/** Into the bin, with all that is in it. */
export async function deleteDataset(dataset: Dataset): Promise<void> {
  await http.delete(`datasets/${dataset.id}/`);
  await refreshAfterBin();
}

/** Replace a dataset's classes; refused with 409 when somebody changed them since `revision`. */
export async function saveLabelSchema(
  dataset: string,
  revision: number,
  classes: Partial<LabelClass>[],
  relations?: readonly Partial<RelationType>[],
): Promise<Dataset> {
  const label_schema = { revision, classes, ...(relations ? { relations } : {}) };
  const saved = await http.patch<Dataset>(`datasets/${dataset}/`, { label_schema });
  queryClient.setQueryData(datasetQuery(dataset).queryKey, saved);
  await queryClient.invalidateQueries({ queryKey: ["datasets", saved.project] });
  return saved;
}
