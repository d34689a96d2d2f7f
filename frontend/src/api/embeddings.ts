import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { noteJob } from "./jobs";
import { pagesOf } from "./query";
import type { Job, Sample, SampleShape } from "./types";

/** How far a data set is analyzed: vectors, and the map drawn from them. */
export interface Analysis {
  embedded: number;
  samples: number;
  job: string | null;
  map: { count: number; made_at: string } | null;
}

export const analysisQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "analysis"],
    queryFn: ({ signal }) => http.get<Analysis>(`datasets/${dataset}/embeddings/`, undefined, signal),
  });

/** Vectors for the samples that have none, then suspicious labels, outliers and the map. */
export async function startAnalysis(dataset: string): Promise<Job> {
  const { job } = await http.post<{ job: Job }>(`datasets/${dataset}/embeddings/`, {});
  noteJob(job);
  return job;
}

/** A class that does not fit: of the picture, of one `shape` in it, or one of several that is missing or too many. */
export interface Suspicion {
  id: number;
  rank: number;
  /** p(given) - p(suggested), -1 to 1. */
  margin: number;
  given: string | null;
  suggested: string | null;
  shape: string | null;
  sample: Sample;
}

export const suspicionsPages = (dataset: string) =>
  pagesOf<Suspicion>(["dataset", dataset, "suspicions"], `datasets/${dataset}/label-suspicions/`, {
    limit: 60,
  });

/** Say that a label is right although it does not look so, or take that back. */
export function settleSuspicion(dataset: string, id: number, settled: boolean): Promise<unknown> {
  return http.patch(`datasets/${dataset}/label-suspicions/${id}/`, { settled });
}

interface SavedLabel {
  revision: number;
  shapes: SampleShape[];
  state: string;
}

/** Say what the picture shows; the answer has the revision to take it back with. */
export function saveLabel(
  sample: Pick<Sample, "id">,
  revision: number,
  shapes: readonly SampleShape[],
  state: string,
): Promise<SavedLabel> {
  return http.put<SavedLabel>(`samples/${sample.id}/annotation/`, { revision, shapes, state });
}

interface MapBody {
  count: number;
  made_at: string;
  places: string;
  indices: string;
  classes: { index: number; id: string }[];
}

/** Points of the map: x and y in turn, 0 to 1; and the class id of each, "" for none. */
export interface PointCloud {
  count: number;
  madeAt: string;
  xy: Float32Array;
  classes: readonly string[];
}

const SIDE = 65_535;
const PLACE_BYTES = 4;
const INDEX_BYTES = 2;

function bytesOf(base64: string): DataView {
  return new DataView(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);
}

/** The map as the server packs it, unpacked. */
export function cloudOf({ count, made_at, places, indices, classes }: MapBody): PointCloud {
  const names = new Map(classes.map(({ index, id }) => [index, id]));
  const [at, of] = [bytesOf(places), bytesOf(indices)];
  const xy = new Float32Array(2 * count);
  const said: string[] = [];
  for (let i = 0; i < count; i++) {
    xy[2 * i] = at.getUint16(PLACE_BYTES * i, true) / SIDE;
    xy[2 * i + 1] = at.getUint16(PLACE_BYTES * i + 2, true) / SIDE;
    said.push(names.get(of.getInt16(INDEX_BYTES * i, true)) ?? "");
  }
  return { count, madeAt: made_at, xy, classes: said };
}

export const mapQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "map"],
    queryFn: async ({ signal }) =>
      cloudOf(await http.get<MapBody>(`datasets/${dataset}/map/`, undefined, signal)),
    staleTime: 60_000,
  });

export interface Bin {
  least: number;
  most: number;
  count: number;
}

/** Counts on a square grid, row by row from the top left. */
export interface Grid {
  side: number;
  counts: number[];
}

export interface Distributions {
  brightness: Bin[];
  aspect: Bin[];
  boxes_per_picture: Bin[];
  box_places: Grid | null;
  box_sizes: Grid | null;
}

export const distributionsQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["dataset", dataset, "distributions"],
    queryFn: ({ signal }) => http.get<Distributions>(`datasets/${dataset}/distributions/`, undefined, signal),
  });
