import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { useProjectId } from "@/app/inProject";

/** Follows the job and opens the version when it is there. */
export function useVersionJob(id: string | null) {
  const project = useProjectId();
  const navigate = useNavigate();
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null }).data;
  useEvents(
    id ? [`job:${id}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(id ?? "").queryKey }),
  );
  const made = job?.state === "succeeded" ? job.result?.id : undefined;
  useEffect(() => {
    if (typeof made !== "string") return;
    void client.invalidateQueries({ queryKey: ["versions"] });
    void client.invalidateQueries({ queryKey: ["project", project] });
    void navigate({ to: "/p/$project/versions/$version", params: { project, version: made } });
  }, [made, project, navigate, client]);
  return { job, isRunning: job !== undefined && isOpen(job) };
}
