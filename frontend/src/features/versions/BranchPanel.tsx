import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { branchVersion } from "@/api/merges";
import type { DatasetVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useWords } from "@/app/words";
import { Button, LinkButton, Panel, Stack, TextField } from "@/ui";
import { useJob } from "./useJob";

/** A new data set made from the version, to be worked on apart and merged later. */
export function BranchPanel({ version, modality }: { version: DatasetVersion; modality: string }) {
  const t = useWords("changes", modality);
  const project = useProjectId();
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const [name, setName] = useState("");
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useJob(jobId);
  const made = job?.state === "succeeded" ? job.result : null;
  const isMade = made !== null;
  useEffect(() => {
    if (isMade) void client.invalidateQueries({ queryKey: ["datasets", project] });
  }, [isMade, client, project]);
  if (!mayCurate || version.augmentation) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => setJobId((await branchVersion(version.id, name.trim())).id));
  };
  return (
    <Panel title={t("branch")}>
      <form onSubmit={submit}>
        <Stack gap={12}>
          <p className="muted small">{t("branchText")}</p>
          <TextField label={t("branchName")} value={name} onChange={setName} />
          <div role="status">
            {job && isRunning ? <JobProgress job={job} /> : null}
            {made ? (
              <span className="small">
                {t("branchMade", { name: String(made.name), count: Number(made.samples ?? 0) })}
              </span>
            ) : null}
          </div>
          {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
          {made ? (
            <LinkButton to="/p/$project/data" params={{ project }} search={{ dataset: String(made.dataset) }}>
              {t("branchOpen")}
            </LinkButton>
          ) : null}
          <Button type="submit" loading={isRunning} disabled={name.trim() === ""}>
            {t("branchDo")}
          </Button>
        </Stack>
      </form>
    </Panel>
  );
}
