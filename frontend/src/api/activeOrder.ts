import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";

/** How a queue was put in order last; shares are 0 to 1. */
export interface ActiveRound {
  number: number;
  made_at: string;
  answered: number;
  labeled: number;
  asked: number;
  accuracy: number | null;
  wrong: number | null;
  wrong_by_chance: number | null;
}

export interface ActiveOrder {
  state: "off" | "waiting" | "typical" | "doubt";
  round: ActiveRound | null;
  honest: { right: number; answered: number; share: number; low: number; high: number } | null;
}

export interface HardExample {
  sample: { id: string; name: string; thumb_url: string | null };
  doubt: number;
  told: { label: string; share: number }[];
  near: string;
  reasons: ("low_margin" | "neighbors_differ")[];
}

export const activeOrderQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["active-order", campaign],
    queryFn: ({ signal }) => http.get<ActiveOrder>(`campaigns/${campaign}/active-order/`, undefined, signal),
  });

export const hardExamplesQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["active-order", campaign, "hard"],
    queryFn: ({ signal }) =>
      http.get<{ results: HardExample[] }>(`campaigns/${campaign}/hard-examples/`, { limit: 12 }, signal),
  });
