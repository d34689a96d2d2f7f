import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { queryClient } from "./query";
import type { Campaign, Claim, Item, PageOf, Saved, Shape } from "./types";

export const campaignsQuery = (project: string) =>
  queryOptions({
    queryKey: ["campaigns", project],
    queryFn: ({ signal }) => http.get<PageOf<Campaign>>("campaigns/", { project, limit: 100 }, signal),
  });

export const myCampaignsQuery = queryOptions({
  queryKey: ["campaigns", "mine"],
  queryFn: ({ signal }) => http.get<PageOf<Campaign>>("campaigns/", { limit: 50 }, signal),
});

export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaign", id],
    queryFn: ({ signal }) => http.get<Campaign>(`campaigns/${id}/`, undefined, signal),
  });

export interface CampaignInput {
  dataset: string;
  name: string;
  selection: Record<string, unknown>;
  assignees: string[];
  overlap: number;
  review: { rate: number };
  order: string;
  guideline: string;
  due: string | null;
}

export async function createCampaign(project: string, input: CampaignInput): Promise<Campaign> {
  const campaign = await http.post<Campaign>("campaigns/", input);
  await queryClient.invalidateQueries({ queryKey: ["campaigns", project] });
  return campaign;
}

export async function changeCampaign(
  id: string,
  changes: Partial<CampaignInput> & { state?: "open" | "closed" },
): Promise<Campaign> {
  const campaign = await http.patch<Campaign>(`campaigns/${id}/`, changes);
  queryClient.setQueryData(campaignQuery(id).queryKey, campaign);
  await queryClient.invalidateQueries({ queryKey: ["campaigns"] });
  return campaign;
}

/** Lease items to work on; `peek` also shows those after them without taking them. */
export function claimItems(campaign: string, count: number, peek = 0): Promise<Claim> {
  return http.post(`campaigns/${campaign}/claim/`, { count, peek });
}

export function claimReviews(campaign: string, count: number): Promise<Claim> {
  return http.post(`campaigns/${campaign}/claim-review/`, { count });
}

export interface AnnotationInput {
  item: string;
  revision: number;
  shapes: readonly Shape[];
  state: "draft" | "submitted";
  seconds_spent: number;
}

/** Save an annotation; 409 `stale_revision` carries the server's version in `params.current`. */
export function putAnnotation(
  id: string,
  input: AnnotationInput,
  options: { keepalive?: boolean; next?: number } = {},
): Promise<Saved> {
  const body = options.next ? { ...input, next: options.next } : input;
  return http.put(`annotations/${id}/`, body, options.keepalive ? { keepalive: true } : {});
}

export function skipItem(id: string, reason: string): Promise<unknown> {
  return http.post(`items/${id}/skip/`, { reason });
}

export function releaseItem(id: string): Promise<unknown> {
  return http.post(`items/${id}/release/`, {}, { keepalive: true });
}

export function heartbeatItem(id: string): Promise<unknown> {
  return http.post(`items/${id}/heartbeat/`, {});
}

export interface ReviewInput {
  verdict: "accept" | "fix" | "reject";
  reason?: string;
  shapes?: readonly Shape[];
}

export function reviewAnnotation(id: string, input: ReviewInput): Promise<unknown> {
  return http.post(`annotations/${id}/review/`, input);
}

export interface HistoryEntry {
  revision: number;
  author: string;
  state: string;
  shapes: Shape[];
  saved_at: string;
}

export const historyQuery = (annotation: string) =>
  queryOptions({
    queryKey: ["annotation", annotation, "history"],
    queryFn: () => http.get<PageOf<HistoryEntry>>(`annotations/${annotation}/history/`),
  });

export type { Item };
