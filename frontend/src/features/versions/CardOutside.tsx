import { useState } from "react";
import type { DataCard } from "@/api/cards";
import { checkVersionReferences, type ReferenceCheck } from "@/api/references";
import type { Job } from "@/api/types";
import { act } from "@/app/act";
import { useMay } from "@/app/inProject";
import { ReferencesFound } from "@/app/ReferencesFound";
import { useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { Button, Stack } from "@/ui";
import { useJob } from "./useJob";

/** Where the files of a version are, as far as not here; what is not can be looked for. */
export function CardOutside({ card }: { card: DataCard }) {
  const t = useT("versions");
  const mayCurate = useMay("curate_project");
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useJob(jobId);
  const { kept, size_bytes: size, copied } = card.outside;
  const check = () => act(async () => setJobId((await checkVersionReferences(card.version)).id));
  return (
    <Stack gap={8}>
      {kept ? <div>{t("cardKept", { count: kept, size: formatBytes(size) })}</div> : null}
      {copied ? <div>{t("cardCopied", { count: copied })}</div> : null}
      {kept && mayCurate ? (
        <div>
          <Button size="sm" loading={isRunning} onClick={() => void check()}>
            {t("cardCheck")}
          </Button>
        </div>
      ) : null}
      {job ? <ReferencesFound state={job.state} error={job.error} result={resultOf(job)} /> : null}
    </Stack>
  );
}

function resultOf(job: Job): ReferenceCheck["result"] {
  const { result } = job;
  return result && "examples" in result ? (result as unknown as NonNullable<ReferenceCheck["result"]>) : null;
}
