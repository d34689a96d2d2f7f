import { queryOptions } from "@tanstack/react-query";
import { http, type Query } from "./http";
import { pagesOf } from "./query";
import type { Item, LabelClass, Shape, TaskType } from "./types";

/** What one person said of a sample. */
export interface Answer {
  id: string;
  author: string;
  shapes: Shape[];
  seconds_spent: number;
  submitted_at: string;
}

export const CONSENSUS_STATES = ["due", "agreed", "review", "conflict", "resolved"] as const;
export type ConsensusState = (typeof CONSENSUS_STATES)[number];

/** What waits for a reviewer: conflicts, and what is agreed and was drawn for a look. */
export const WAITING: readonly ConsensusState[] = ["conflict", "review"];

/** One sample that several people have answered; `shapes` is what is agreed, in a conflict the agreed part. */
export interface Consensus {
  id: string;
  campaign: string;
  state: ConsensusState;
  /** Why it is a conflict; empty where the answers agree. */
  reason: string;
  revision: number;
  sample: Item["sample"];
  shapes: Shape[];
  answers: Answer[];
  decided_by: string | null;
  decided_at: string | null;
}

export interface ConflictClaim {
  items: Consensus[];
  /** All that wait, whoever holds them. */
  remaining: number;
}

/**
 * Lease samples that wait for a reviewer; nobody else gets them meanwhile. `held` are on the screen already or
 * are not wanted now; those that are one's own stay so for another while, with a `count` of 0 nothing else happens.
 */
export const claimConflicts = (campaign: string, count: number, held: readonly string[]) =>
  http.post<ConflictClaim>(`campaigns/${campaign}/consensus/claim/`, { count, held });

/** Leave a sample to other reviewers. */
export const releaseConsensus = (id: string) =>
  http.post<unknown>(`consensus/${id}/release/`, {}, { keepalive: true });

export const readConsensus = (id: string) => http.get<Consensus>(`consensus/${id}/`);

/** One of the answers, or another one. */
export type Resolution = { annotation: string } | { shapes: readonly Shape[] };

/** Make it the sample's; 409 `stale_revision` when somebody has decided or changed it meanwhile. */
export const resolveConsensus = (id: string, revision: number, resolution: Resolution) =>
  http.post<Consensus>(`consensus/${id}/resolve/`, { revision, ...resolution });

/** A figure with its 95 % interval, from how many samples; null where it does not exist. */
export interface Figure {
  value: number | null;
  low: number | null;
  high: number | null;
  samples: number;
}

export interface AgreementPair {
  a: string;
  b: string;
  agreement: Figure;
  kappa: Figure | null;
  /** In how many samples they differ. */
  differing: number;
}

export interface PersonClass {
  person: string;
  label: string;
  agreement: Figure;
  differing: number;
}

export interface Agreement {
  task: TaskType;
  states: Record<ConsensusState, number>;
  figures: Partial<Record<"observed" | "fleiss" | "krippendorff" | "f1", Figure>>;
  people: string[];
  people_total: number;
  classes_total: number;
  pairs: AgreementPair[];
  classes: (Pick<LabelClass, "id" | "name" | "name_zh" | "color"> & { agreement: Figure })[];
  people_classes: PersonClass[];
  /** How far each person's answers to known samples are what is known. */
  gold: { person: string; figure: Figure }[];
}

export const agreementQuery = (campaign: string) =>
  queryOptions({
    queryKey: ["campaign", campaign, "agreement"],
    queryFn: ({ signal }) => http.get<Agreement>(`campaigns/${campaign}/agreement/`, undefined, signal),
  });

export const agreementTableUrl = (campaign: string) => `/api/v1/campaigns/${campaign}/agreement/csv/`;

/** A cell of the tables of agreement: two people, or one person and a class. */
export interface AgreementCell {
  a?: string | undefined;
  b?: string | undefined;
  label?: string | undefined;
}

const CELL_PAGE = 12;

/** The samples in which the people of a cell differ. */
export const differingPages = (campaign: string, { a, b, label }: AgreementCell) => {
  const query: Query = { a, b, label, limit: CELL_PAGE };
  return pagesOf<Consensus>(["campaign", campaign, "differing"], `campaigns/${campaign}/consensus/`, query);
};
