import type { CampaignInput } from "@/api/campaigns";
import { hasOneClass } from "@/api/tasks";
import type { Settling, TaskType } from "@/api/types";

export type Method = Settling["method"];

/** What the server takes where nothing else is said. */
export const DEFAULT_SETTLING: Settling = { method: "none", quorum: 0.5, min_iou: 0.5 };

/** Votes can be weighted where one class is chosen. */
export const methodsOf = (task: TaskType): readonly Method[] =>
  hasOneClass(task) ? ["none", "majority", "weighted"] : ["none", "majority"];

/** The chosen way, or the nearest that the task of another data set allows. */
export function settlingFor(task: TaskType, wanted: Settling): Settling {
  return methodsOf(task).includes(wanted.method) ? wanted : { ...wanted, method: "majority" };
}

/** What is sent of it: known samples are mixed in where answers are compared. */
export function togetherOf(settling: Settling, gold: number): Pick<CampaignInput, "consensus" | "gold"> {
  const isMixed = settling.method !== "none" && gold > 0;
  return { consensus: settling, ...(isMixed ? { gold: { rate: gold } } : {}) };
}

/** How many of so many answers must say the same: more than half, and at least the share. As on the server. */
export function votesNeeded(answers: number, quorum: number): number {
  return Math.max(Math.floor(answers / 2) + 1, Math.ceil(quorum * answers - 1e-9));
}
