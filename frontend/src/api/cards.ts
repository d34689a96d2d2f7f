import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";

export const NOTES = ["licence", "consent", "intended_use", "known_gaps"] as const;
export type Notes = Record<(typeof NOTES)[number], string>;

/** What brought samples; `version` and its `number` of a branch or a merge. */
export interface CardSource {
  kind: "upload" | "url" | "bucket" | "query" | "branch" | "merge";
  name: string;
  number: number | null;
  version: string | null;
  format: string;
  samples: number;
  at: string;
  by: string;
}

/** What was found by the moment of freezing; `checked_at` of what the checks found, `classes` of what is about them. */
export interface CardGap {
  code: string;
  severity: "error" | "warning" | "info";
  count: number;
  checked_at: string | null;
  classes: { id: string; name: string; name_zh: string }[];
}

/** What a version says of itself, and what people say of it. */
export interface DataCard {
  version: string;
  modality: string;
  sources: CardSource[];
  sources_count: number;
  gaps: CardGap[];
  /** Samples whose bytes stayed in a bucket (`size_bytes`), and those whose bytes were copied in to freeze it. */
  outside: { kept: number; size_bytes: number; copied: number };
  /** When the checks had last run, null where they never had. */
  checked_at: string | null;
  /** Whether the data had changed after the checks when it was frozen. */
  changed_since: boolean;
  notes: Notes;
  revision: number;
  updated_by: string | null;
  updated_at: string | null;
}

export const cardQuery = (version: string) =>
  queryOptions({
    queryKey: ["version", version, "card"],
    queryFn: ({ signal }) => http.get<DataCard>(`versions/${version}/card/`, undefined, signal),
  });

export const saveNotes = (version: string, notes: Notes, revision: number) =>
  http.patch<DataCard>(`versions/${version}/card/`, { ...notes, revision });

export const cardMarkdownUrl = (version: string) => `/api/v1/versions/${version}/card/markdown/`;
