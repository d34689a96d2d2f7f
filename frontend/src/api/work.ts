import { queryOptions } from "@tanstack/react-query";
import type { Language } from "@/i18n";
import type { CampaignProgress } from "./campaigns";
import type { Figure } from "./consensus";
import { http, urlOf } from "./http";
import { queryClient } from "./query";
import type { Campaign, LabelClass, PageOf } from "./types";

/** One person's part of a task; of what is in hand `movable` is not begun. */
export interface PersonWork {
  username: string;
  in_hand: number;
  movable: number;
  begun: number;
  done: number;
  accepted: number;
  rejected: number;
  skipped: number;
  week: number;
  answers: number;
  sent_back: number;
  fixed: number;
  rework_rate: number | null;
  median_seconds: number | null;
  last_at: string | null;
}

export interface Overview {
  counts: Campaign["counts"];
  left: number;
  due: string | null;
  due_state: "none" | "done" | "late" | "at_risk" | "on_time" | "unknown";
  burn_down: { day: string; done: number; left: number }[];
  forecast: CampaignProgress["forecast"];
  median_seconds: number | null;
  answers: number;
  sent_back: number;
  fixed: number;
  rework_rate: number | null;
  balance: (Pick<LabelClass, "id" | "name" | "name_zh" | "color"> & { samples: number; objects: number })[];
  questions: number;
  /** Open items that nobody has. */
  pool: number;
  people: PersonWork[];
}

export const MAX_MOVED = 500;
export const RECENT_ANSWERS = 2000;

export const overviewQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "overview"],
    queryFn: ({ signal }) => http.get<Overview>(`campaigns/${campaign}/overview/`, undefined, signal),
  });

export interface MoveInput {
  /** Null: what nobody has. */
  from: string | null;
  to: string | null;
  count: number;
  begun: boolean;
}

/** Give open items of one person, or of nobody, to another. */
export async function moveWork(
  campaign: string,
  input: MoveInput,
): Promise<{ moved: number; begun: number }> {
  const moved = await http.post<{ moved: number; begun: number }>(`campaigns/${campaign}/moves/`, input);
  await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
  return moved;
}

export const reportUrl = (campaign: string, kind: "pdf" | "csv", language: Language) =>
  urlOf(`campaigns/${campaign}/report/${kind}/`, { language });

/** A batch of submitted answers, judged by the drawn part of it. */
export interface Acceptance {
  id: string;
  number: number;
  state: "open" | "accepted" | "returned";
  size: number;
  drawn: number;
  judged: number;
  wrong: number;
  error_rate: Figure & { low: number; high: number };
  reason: string;
  moved: number | null;
  created_at: string;
  decided_by: string | null;
  decided_at: string | null;
}

export const acceptancesQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "acceptance"],
    queryFn: ({ signal }) =>
      http.get<PageOf<Acceptance>>(`campaigns/${campaign}/acceptance/`, { limit: 20 }, signal),
  });

/** An answer of a batch was judged: how far the batch is, is read anew. */
export function refreshAcceptances(campaign: string): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: acceptancesQuery(campaign).queryKey });
}

export async function beginAcceptance(campaign: string, count: number): Promise<void> {
  await http.post(`campaigns/${campaign}/acceptance/`, { count });
  await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
}

export async function acceptBatch(campaign: string, id: string): Promise<void> {
  await http.post(`acceptances/${id}/accept/`, {});
  await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
}

export async function returnBatch(campaign: string, id: string, reason: string): Promise<void> {
  await http.post(`acceptances/${id}/return/`, { reason });
  await queryClient.invalidateQueries({ queryKey: ["campaign", campaign] });
}
