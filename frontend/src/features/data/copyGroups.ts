import type { Finding } from "@/api/samples";

export interface CopyGroup {
  ids: string[];
  /** Of the whole group, of which `ids` are the first. */
  size: number;
}

/** The first of the copies, group by group; none in findings of before they were kept. */
export function copiesOf({ params: { examples, sizes } }: Finding): CopyGroup[] {
  if (!Array.isArray(examples)) return [];
  const known: unknown[] = Array.isArray(sizes) ? sizes : [];
  return examples.flatMap((ids: unknown, at) => {
    if (!Array.isArray(ids) || !ids.every((id) => typeof id === "string")) return [];
    const size = known[at];
    return [{ ids, size: typeof size === "number" ? size : ids.length }];
  });
}
