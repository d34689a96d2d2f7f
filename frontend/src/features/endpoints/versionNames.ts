import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ModelVersion, modelsPages, modelVersionQuery, modelVersionsPages } from "@/api/models";
import { rowsOf } from "@/api/query";
import { useT } from "@/i18n";

/** A model version as people name it: `flowers · version 2`. */
export function useVersionName(id: string | undefined): string {
  const t = useT("endpoints");
  const version = useQuery({ ...modelVersionQuery(id ?? ""), enabled: Boolean(id) }).data;
  return version ? t("versionN", { model: version.model_name, number: version.number }) : "…";
}

/** The models of a project and the deployable versions of the chosen one. */
export function useCandidates(project: string | undefined, chosen: string | undefined) {
  const models = rowsOf(useInfiniteQuery({ ...modelsPages(project ?? ""), enabled: Boolean(project) }).data);
  const model = models?.find((one) => one.id === chosen) ?? models?.[0];
  const query = useInfiniteQuery({ ...modelVersionsPages(model?.id ?? ""), enabled: Boolean(model) });
  const versions = rowsOf(query.data)?.filter(isDeployable);
  return { models, model, versions: models?.length === 0 ? [] : versions };
}

function isDeployable(version: ModelVersion): boolean {
  return version.deployable;
}

/** A name fit for an address, made of any text. */
export function slugOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 63);
}

export const SLUG = /^[a-z0-9-]{1,63}$/;
