import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Geometry } from "@/annotator/forms";
import type { ShapeKind } from "@/annotator/model";
import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { JsonSchema } from "./training";
import type { BoxTuple } from "./types";

export type OperatorGroup = "weather" | "light" | "color" | "geometry" | "blur" | "sensor" | "cover" | "mix";

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
  /** The share of pictures it is applied to. */
  p: number;
}

export interface Recipe {
  id: string;
  project: string;
  name: string;
  description: string;
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

export interface AugmentPreview {
  seed: number;
  took_ms: number;
  results: RenderedSample[];
  unreadable: string[];
}

export const operatorsQuery = queryOptions({
  queryKey: ["augmentations", "operators"],
  queryFn: ({ signal }) => http.get<Operator[]>("augmentations/operators/", undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
});

/** What the steps make of twelve samples; the last answer is kept on screen until the next is here. */
export const previewQuery = (dataset: string, steps: readonly Step[], seed: number) =>
  queryOptions({
    queryKey: ["augmentations", "preview", dataset, steps, seed],
    queryFn: ({ signal }) =>
      http.post<AugmentPreview>("augmentations/preview/", { dataset, steps, seed }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });

export const recipesPages = (project: string) =>
  pagesOf<Recipe>(["recipes", project], "recipes/", { project, limit: 200 });

const refresh = (project: string) => queryClient.invalidateQueries({ queryKey: ["recipes", project] });

export async function createRecipe(project: string, name: string, steps: readonly Step[]): Promise<Recipe> {
  const made = await http.post<Recipe>("recipes/", { project, name, steps });
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
