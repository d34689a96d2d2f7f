import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { Job, PageOf } from "./types";

export const recentJobsQuery = queryOptions({
  queryKey: ["jobs", "recent"],
  queryFn: ({ signal }) => http.get<PageOf<Job>>("jobs/", { limit: 20 }, signal),
  // Slower while nothing runs: the tray must notice a job that another page or person started.
  refetchInterval: (query) => (query.state.data?.results.some(isOpen) ? 2_000 : 15_000),
});

/** Everybody's jobs that I may see, narrowed to these states (`queued,running`). */
export const jobsPages = (state?: string) => ({
  ...pagesOf<Job>(["jobs", "list"], "jobs/", { state }),
  refetchInterval: 5_000,
});

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["job", id],
    queryFn: ({ signal }) => http.get<Job>(`jobs/${id}/`, undefined, signal),
    refetchInterval: (query) => (query.state.data && isOpen(query.state.data) ? 2_000 : false),
  });

/** Still queued or running. */
export function isOpen(job: Job): boolean {
  return job.state === "queued" || job.state === "running";
}

/** Whether its result is that of an import: one that was sent, or a look into a bucket in sync. */
export function isImport({ kind }: Pick<Job, "kind">): boolean {
  return kind === "datasets.import" || kind === "datasets.sync";
}

export async function cancelJob(id: string): Promise<void> {
  await http.post(`jobs/${id}/cancel/`);
  await queryClient.invalidateQueries({ queryKey: ["jobs"] });
  await queryClient.invalidateQueries({ queryKey: ["job", id] });
}

/** Put a job that was just accepted into the tray at once. */
export function noteJob(job: Job): void {
  queryClient.setQueryData(jobQuery(job.id).queryKey, job);
  void queryClient.invalidateQueries({ queryKey: recentJobsQuery.queryKey });
}
