import { useQuery } from "@tanstack/react-query";
import { versionQuery } from "@/api/versions";
import { useLanguage } from "@/i18n";
import { classText } from "./classWords";

/** Class names as reports and models store them, in the page's language where the data version knows it. */
export function useClassTexts(datasetVersion: string | null | undefined): (name: string) => string {
  useLanguage();
  const version = useQuery({ ...versionQuery(datasetVersion ?? ""), enabled: Boolean(datasetVersion) }).data;
  const known = new Map(version?.classes.map((one) => [one.name, classText(one)]));
  return (name) => known.get(name) ?? name;
}
