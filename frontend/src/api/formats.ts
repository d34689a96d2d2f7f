import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import type { TaskType } from "./types";

/** A data set format; its words are `format_<key>` of the imports and versions features. */
export interface DataFormat {
  key: string;
  title: string;
  modality: string;
  imports: boolean;
  exports: boolean;
  /** Tasks whose labels it has a place for when it is written. */
  export_tasks: TaskType[];
}

export const formatsQuery = queryOptions({
  queryKey: ["dataset-formats"],
  queryFn: ({ signal }) => http.get<DataFormat[]>("dataset-formats/", undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});
