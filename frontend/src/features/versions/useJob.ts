import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";

/** The job as it goes on, if there is one. */
export function useJob(id: string | null) {
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null }).data;
  useEvents(
    id ? [`job:${id}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(id ?? "").queryKey }),
  );
  return { job, isRunning: job !== undefined && isOpen(job) };
}
