import { useQuery } from "@tanstack/react-query";
import { tagsQuery } from "@/api/samples";
import { useT } from "@/i18n";
import { TagsField } from "@/ui";

interface ImportTagsProps {
  dataset: string;
  value: readonly string[];
  onChange: (tags: readonly string[]) => void;
}

/** The tags that every sample of an import gets; those of the data set are offered. */
export function ImportTags({ dataset, value, onChange }: ImportTagsProps) {
  const t = useT("imports");
  const known = (useQuery(tagsQuery(dataset)).data ?? []).map(({ tag }) => tag);
  return <TagsField label={t("tags")} hint={t("tagsHint")} value={value} known={known} onChange={onChange} />;
}
