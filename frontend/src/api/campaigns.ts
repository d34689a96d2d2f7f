import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { Campaign, Claim, Item, PageOf, Saved, Settling, Shape } from "./types";

export const campaignsQuery = (project: string) =>
  queryOptions({
    queryKey: ["campaigns", project],
    queryFn: ({ signal }) => http.get<PageOf<Campaign>>("campaigns/", { project, limit: 100 }, signal),
  });

/** The tasks of a data set that still hand out work. */
export const openTasksQuery = (dataset: string) =>
  queryOptions({
    queryKey: ["campaigns", "open", dataset],
    queryFn: ({ signal }) =>
      http.get<PageOf<Campaign>>("campaigns/", { dataset, state: "open", limit: 100 }, signal),
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

const ANSWERED = "submitted,accepted";

/** What was answered and is not on its way back, with the answers. */
export const answeredPages = (campaign: string) =>
  pagesOf<Item>(["campaign", campaign, "answered"], `campaigns/${campaign}/items/`, {
    state: ANSWERED,
    limit: 24,
  });

export interface CampaignInput {
  dataset: string;
  name: string;
  selection: {
    filter: "all" | "unlabeled" | "label" | "split" | "ids" | "query";
    label?: string;
    split?: string;
    conditions?: Record<string, string>;
    ids?: string[];
  };
  assignees: string[];
  overlap: number;
  review: { rate: number };
  /** Only where several people answer. */
  consensus?: Settling;
  /** The share of samples whose answer is known; they are mixed in by chance. */
  gold?: { rate: number };
  order: "given" | "random" | "active";
  guideline: string;
  due: string | null;
}

export async function createCampaign(_project: string, input: CampaignInput): Promise<Campaign> {
  return noteCampaign(await http.post<Campaign>("campaigns/", input));
}

/** Queue more samples; with `first` all of them, also those it had, come before the rest. */
export async function addSamples(
  campaign: string,
  selection: CampaignInput["selection"],
  first: boolean,
): Promise<{ added: number; first: number }> {
  const told = await http.post<{ added: number; first: number }>(`campaigns/${campaign}/samples/`, {
    selection,
    first,
  });
  await queryClient.invalidateQueries({ queryKey: ["campaigns"] });
  await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
  return told;
}

export async function changeCampaign(id: string, changes: Partial<CampaignInput>): Promise<Campaign> {
  return noteCampaign(await http.patch<Campaign>(`campaigns/${id}/`, changes));
}

/** Close it (hands out nothing more) or open it again. */
export async function setCampaignState(id: string, verb: "close" | "reopen"): Promise<Campaign> {
  return noteCampaign(await http.post<Campaign>(`campaigns/${id}/${verb}/`, {}));
}

async function noteCampaign(campaign: Campaign): Promise<Campaign> {
  queryClient.setQueryData(campaignQuery(campaign.id).queryKey, campaign);
  await queryClient.invalidateQueries({ queryKey: ["campaigns"] });
  return campaign;
}

/** Lease items to work on; `held` are on the screen already. */
export function claimItems(campaign: string, count: number, held: readonly string[]): Promise<Claim> {
  return http.post(`campaigns/${campaign}/claim/`, { count, held });
}

/** Lease answers to judge; with a batch, only of its drawn part. */
export function claimReviews(
  campaign: string,
  count: number,
  held: readonly string[],
  acceptance?: string,
): Promise<Claim> {
  return http.post(`campaigns/${campaign}/claim-review/`, {
    count,
    held,
    ...(acceptance ? { acceptance } : {}),
  });
}

export interface AnnotationInput {
  item: string;
  revision: number;
  shapes: readonly Shape[];
  state: "draft" | "submitted";
  seconds_spent: number;
  next?: boolean;
  held?: readonly string[];
}

/** Save an annotation; 409 `stale_revision` carries the server's version in `params.current`. */
export function putAnnotation(id: string, input: AnnotationInput, keepalive = false): Promise<Saved> {
  return http.put(`annotations/${id}/`, input, keepalive ? { keepalive } : {});
}

export function skipItem(
  id: string,
  reason: string,
  held: readonly string[],
): Promise<{ next?: Item | null }> {
  return http.post(`items/${id}/skip/`, { reason, next: true, held });
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
  revision: number;
  next: boolean;
  held: readonly string[];
  /** The batch whose drawn part is being judged. */
  acceptance?: string;
}

export function reviewAnnotation(id: string, input: ReviewInput): Promise<Saved> {
  return http.post(`annotations/${id}/review/`, input);
}

export interface Home {
  continue: { campaign: string; name: string; open: number; mine: number } | null;
  reviews_waiting: number;
  running_jobs: number;
  campaigns: Campaign[];
}

/** What waits for me, whatever my roles are. */
export const homeQuery = queryOptions({
  queryKey: ["home"],
  queryFn: ({ signal }) => http.get<Home>("home/", undefined, signal),
  staleTime: 0,
});

export interface CampaignProgress {
  counts: Campaign["counts"];
  median_seconds: number | null;
  per_assignee: {
    username: string;
    open: number;
    submitted: number;
    accepted: number;
    rejected: number;
    skipped: number;
    median_seconds: number | null;
  }[];
  per_day: { day: string; submitted: number }[];
  /** Null: too little to tell. `latest` is null where the pace varies too much for a last day. */
  forecast: {
    remaining: number;
    per_day: number | null;
    done_on: string;
    earliest: string;
    latest: string | null;
  } | null;
}

export const progressQuery = (id: string) =>
  queryOptions({
    queryKey: ["campaign", id, "progress"],
    queryFn: ({ signal }) => http.get<CampaignProgress>(`campaigns/${id}/progress/`, undefined, signal),
  });
