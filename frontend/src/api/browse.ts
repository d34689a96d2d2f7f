import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf, queryClient } from "./query";
import type { Job, PageOf } from "./types";

/** A way of looking at a data set; `query` holds the search parameters of its address. */
export interface SavedView {
  id: string;
  dataset: string;
  name: string;
  query: Readonly<Record<string, string>>;
  created_by: string;
}

export const viewsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "views"],
    queryFn: async ({ signal }) =>
      (await http.get<PageOf<SavedView>>(`datasets/${dataset}/views/`, { limit: 200 }, signal)).results,
  });

export async function saveView(
  dataset: string,
  name: string,
  query: Readonly<Record<string, string>>,
): Promise<void> {
  await http.post(`datasets/${dataset}/views/`, { name, query });
  await queryClient.invalidateQueries({ queryKey: viewsQuery(dataset).queryKey });
}

export async function deleteView({ id, dataset }: SavedView): Promise<void> {
  await http.delete(`views/${id}/`);
  await queryClient.invalidateQueries({ queryKey: viewsQuery(dataset).queryKey });
}

export type Stuck = "" | "too_old" | "taken_further";

/** A change of many samples at once; `is_open` while its job waits or runs, `undoable` while there is a way back. */
export interface BulkEdit {
  id: string;
  dataset: string;
  action: BulkAction | "restore" | "merge";
  value: string;
  tags: readonly string[];
  /** Of `class_move`: whose marks changed, and whether these classes went. */
  classes: readonly string[];
  retire: boolean;
  about: { number?: number; dataset_name?: string };
  state: "doing" | "done" | "undoing" | "undone";
  is_open: boolean;
  undoable: boolean;
  /** Why it can be taken back no more, though it is done. */
  stuck: Stuck;
  counts: { changed?: number; restored?: number; kept?: number };
  created_by: string;
  created_at: string;
}

export const editQuery = (dataset: string, id: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "edit", id],
    queryFn: ({ signal }) => http.get<BulkEdit>(`bulk-edits/${id}/`, undefined, signal),
  });

export const editsPages = (dataset: string) =>
  pagesOf<BulkEdit>(["dataset", dataset, "edits"], `datasets/${dataset}/bulk-edits/`, { limit: 20 });

/** Samples by name, or all that pass the filters of the list. */
export type BulkSelection = { ids: readonly string[] } | { conditions: Readonly<Record<string, string>> };
export type TagAction = "tag" | "untag";
export type BulkAction = "label" | "label_add" | "label_drop" | "class_move" | "split" | "delete" | TagAction;

/** What a finished edit says. */
export interface BulkResult {
  edit: string;
  action: BulkAction;
  changed?: number;
  unchanged?: number;
  in_work?: number;
  tags_full?: number;
  /** Classes that somebody gave to a sample meanwhile, and that therefore stay. */
  classes_kept?: number;
  restored?: number;
  kept?: number;
}

export async function startBulkEdit(
  dataset: string,
  action: BulkAction,
  value: string,
  selection: BulkSelection,
): Promise<Job> {
  return submitted(dataset, { action, value, ...selection });
}

/** Put tags on all of a selection, or take them off. */
export async function startTagging(
  dataset: string,
  action: TagAction,
  tags: readonly string[],
  selection: BulkSelection,
): Promise<Job> {
  return submitted(dataset, { action, tags, ...selection });
}

/** All marks of `classes`, or those of a filter, become those of the class `value`, or go where it is empty. */
export interface ClassMove {
  classes: readonly string[];
  value: string;
  retire: boolean;
  conditions: Readonly<Record<string, string>>;
}

export async function startClassMove(dataset: string, move: ClassMove): Promise<Job> {
  return submitted(dataset, { action: "class_move", ...move });
}

/** What a class move would change: samples, and marks by class. */
export interface MovePreview {
  samples: number;
  objects: Readonly<Record<string, number>>;
}

export const movePreviewQuery = (dataset: string, move: ClassMove) =>
  queryOptions({
    queryKey: ["dataset", dataset, "class-move", move],
    queryFn: ({ signal }) =>
      http.post<MovePreview>(
        `datasets/${dataset}/bulk-edits/preview/`,
        { action: "class_move", ...move },
        { signal },
      ),
    staleTime: 0,
    retry: false,
  });

async function submitted(dataset: string, body: object): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/bulk-edits/`, body);
  noteJob(job);
  return job;
}

export async function undoBulkEdit(edit: string): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`bulk-edits/${edit}/undo/`, {});
  noteJob(job);
  return job;
}
