import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { prelabelsQuery } from "./prelabels";
import { queryClient } from "./query";

export interface WeakRule {
  /** The id of the class it speaks for. */
  readonly label: string;
  readonly kind: "words" | "pattern";
  readonly words: readonly string[];
  readonly pattern: string;
  readonly whole_word: boolean;
  readonly match_case: boolean;
}

export interface WeakRules {
  /** 0 before the first save. */
  readonly revision: number;
  readonly rules: readonly WeakRule[];
  readonly changed_by: string | null;
  readonly changed_at: string | null;
}

export interface WeakExample {
  readonly sample: string;
  readonly name: string;
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

/** `overlaps` and `conflicts` are of the `matches`, `correct` of the `judged` that people answered. */
export interface WeakFigures {
  readonly texts: number;
  readonly coverage: number;
  readonly matches: number;
  readonly overlaps: number;
  readonly conflicts: number;
  readonly judged: number;
  readonly correct: number;
  readonly examples: readonly WeakExample[];
}

export interface WeakPreview {
  readonly waiting: number;
  readonly looked_at: number;
  /** Not every drawn text was looked at in time. */
  readonly is_cut: boolean;
  readonly answered: number;
  readonly covered: number;
  readonly conflicted: number;
  readonly undecided: number;
  readonly uncovered: number;
  readonly rules: readonly WeakFigures[];
}

export const weakRulesQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["weak-rules", campaign],
    queryFn: ({ signal }) => http.get<WeakRules>(`campaigns/${campaign}/weak-rules/`, undefined, signal),
  });

/** What rules would say, and which were asked; the last answer stays on screen until the next is here. */
export const weakPreviewQuery = (campaign: string, rules: readonly WeakRule[]) =>
  queryOptions({
    queryKey: ["weak-rules", campaign, "preview", rules],
    queryFn: async ({ signal }) => {
      const path = `campaigns/${campaign}/weak-rules/preview/` as const;
      return { asked: rules, ...(await http.post<WeakPreview>(path, { rules }, { signal })) };
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 30_000,
    retry: false,
  });

export async function saveWeakRules(
  campaign: string,
  revision: number,
  rules: readonly WeakRule[],
): Promise<WeakRules> {
  const saved = await http.put<WeakRules>(`campaigns/${campaign}/weak-rules/`, { revision, rules });
  queryClient.setQueryData(weakRulesQuery(campaign).queryKey, saved);
  return saved;
}

/** Have the saved rules say something of what waits. */
export async function applyWeakRules(campaign: string, revision: number, control: number): Promise<void> {
  await http.post(`campaigns/${campaign}/weak-rules/apply/`, { revision, control });
  await queryClient.invalidateQueries({ queryKey: prelabelsQuery(campaign).queryKey });
}
