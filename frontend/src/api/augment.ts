import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Geometry } from "@/annotator/forms";
import type { ShapeKind } from "@/annotator/model";
import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { JsonSchema } from "./training";
import type { BoxTuple } from "./types";

export type OperatorGroup =
  | "weather"
  | "light"
  | "color"
  | "geometry"
  | "blur"
  | "sensor"
  | "cover"
  | "mix"
  | "words"
  | "letters"
  | "loudness"
  | "time";

/** What the server knows operators for. */
export const AUGMENTABLE: readonly string[] = ["image", "text", "audio"];

export interface Operator {
  key: string;
  group: OperatorGroup;
  moves: boolean;
  mixes: boolean;
  params_schema: JsonSchema;
}

export interface Step {
  op: string;
  params: Readonly<Record<string, unknown>>;
  /** The share of samples it is applied to. */
  p: number;
}

export interface Recipe {
  id: string;
  project: string;
  name: string;
  description: string;
  modality: string;
  steps: Step[];
  revision: number;
  created_at: string;
  created_by: string;
}

export interface MovedShape extends Geometry {
  label: string;
  kind: ShapeKind;
  box?: BoxTuple;
  weight: number;
}

export interface RenderedSample {
  sample: string;
  name: string;
  width: number;
  height: number;
  /** A `data:` address. */
  picture: string;
  shapes: MovedShape[];
  dropped: number;
}

/** A part of a text and what it became; `label` where it lies in an entity. */
export interface AugmentedPiece {
  old: string;
  new: string;
  label?: string;
}

export interface AugmentedText {
  sample: string;
  name: string;
  /** Classes of the whole text. */
  labels: string[];
  pieces: AugmentedPiece[];
  changed: boolean;
  is_cut: boolean;
}

export interface AugmentedSound {
  sample: string;
  name: string;
  labels: string[];
  /** `data:` addresses: spectrograms of the beginning, and what it sounds like afterwards. */
  before: string;
  after: string;
  heard: string;
  media_url: string;
  is_cut: boolean;
}

/** Which kind of samples it holds is the data set's modality. */
export interface AugmentPreview<S = RenderedSample> {
  seed: number;
  took_ms: number;
  results: S[];
  unreadable: string[];
}

export const operatorsQuery = (modality: string) =>
  queryOptions({
    queryKey: ["augmentations", "operators", modality],
    queryFn: ({ signal }) => http.get<Operator[]>("augmentations/operators/", { modality }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** What the steps make of twelve samples; the last answer is kept on screen until the next is here. */
export const previewQuery = <S>(dataset: string, steps: readonly Step[], seed: number) =>
  queryOptions({
    queryKey: ["augmentations", "preview", dataset, steps, seed],
    queryFn: ({ signal }) =>
      http.post<AugmentPreview<S>>("augmentations/preview/", { dataset, steps, seed }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });

export const recipesPages = (project: string, modality: string) =>
  pagesOf<Recipe>(["recipes", project, modality], "recipes/", { project, modality, limit: 200 });

const refresh = (project: string) => queryClient.invalidateQueries({ queryKey: ["recipes", project] });

export async function createRecipe(
  { project, modality }: { project: string; modality: string },
  name: string,
  steps: readonly Step[],
): Promise<Recipe> {
  const made = await http.post<Recipe>("recipes/", { project, modality, name, steps });
  await refresh(project);
  return made;
}

/** Refused with 409 when somebody changed it since. */
export async function saveRecipe(recipe: Recipe, name: string, steps: readonly Step[]): Promise<Recipe> {
  const { id, project, revision } = recipe;
  const saved = await http.patch<Recipe>(`recipes/${id}/`, { name, steps, revision });
  await refresh(project);
  return saved;
}

export async function deleteRecipe({ id, project }: Recipe): Promise<void> {
  await http.delete(`recipes/${id}/`);
  await refresh(project);
}
