import type { Job } from "@/api/types";

/** How long a job has taken so far; null while it waits. */
export function secondsOf(job: Pick<Job, "started_at" | "finished_at">, now = Date.now()): number | null {
  if (!job.started_at) return null;
  const end = job.finished_at ? Date.parse(job.finished_at) : now;
  return Math.max(0, (end - Date.parse(job.started_at)) / 1000);
}
