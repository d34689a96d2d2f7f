import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";

export const NOTES = ["licence", "consent", "intended_use", "known_gaps"] as const;
export type Notes = Record<(typeof NOTES)[number], string>;

/** What a version says of itself, and what people say of it. */
export interface DataCard {
  sources: { name: string; format: string; samples: number; at: string; by: string }[];
  sources_count: number;
  gaps: { code: string; count: number }[];
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
