import type { Finding } from "@/api/samples";

/** The ids of copies, group by group; none in findings of before they were kept. */
export function copiesOf({ params: { examples } }: Finding): string[][] {
  if (!Array.isArray(examples)) return [];
  return examples.filter(
    (group): group is string[] => Array.isArray(group) && group.every((id) => typeof id === "string"),
  );
}
