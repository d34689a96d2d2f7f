import { IconDownload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { exportModel, type ModelVersion } from "@/api/models";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { AnchorButton, Button, Panel, Stack } from "@/ui";

/** The version as one file to take away. */
export function ExportPanel({ version }: { version: ModelVersion }) {
  const t = useT("models");
  const client = useQueryClient();
  const mayExport = useMay("view_project");
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null }).data;
  useEvents(
    jobId ? [`job:${jobId}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(jobId ?? "").queryKey }),
  );
  const { download_url: url } = job?.result ?? {};
  if (!mayExport) return null;
  return (
    <Panel title={t("export")}>
      <Stack gap={12}>
        <p className="muted small">{t("exportText")}</p>
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
        {typeof url === "string" ? (
          <AnchorButton href={url} download variant="primary" icon={<IconDownload size={16} />}>
            {t("download")} · {formatBytes(version.size_bytes)}
          </AnchorButton>
        ) : (
          <Button
            loading={job !== undefined && isOpen(job)}
            onClick={() => void act(async () => setJobId((await exportModel(version.id)).id))}
          >
            {t("exportDo")}
          </Button>
        )}
      </Stack>
    </Panel>
  );
}
