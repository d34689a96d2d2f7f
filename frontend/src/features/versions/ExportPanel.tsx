import { IconDownload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { type DatasetVersion, type ExportFormat, exportVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { AnchorButton, Button, CheckboxField, Panel, SelectField, Stack } from "@/ui";

const FORMATS = ["coco", "folder_per_class"] as const satisfies readonly ExportFormat[];

/** Make an archive of the version and download it. */
export function ExportPanel({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const [format, setFormat] = useState<ExportFormat>("coco");
  const [media, setMedia] = useState(true);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null }).data;
  useEvents(
    jobId ? [`job:${jobId}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(jobId ?? "").queryKey }),
  );
  if (!mayCurate) return null;
  const isRunning = job !== undefined && isOpen(job);
  const { download_url: url, bytes } = job?.result ?? {};
  return (
    <Panel title={t("export")}>
      <Stack gap={12}>
        <SelectField
          label={t("exportFormat")}
          hint={t(`formatText_${format}`)}
          value={format}
          options={FORMATS.map((value) => ({ value, label: t(`format_${value}`) }))}
          onChange={(value) => value && setFormat(value)}
        />
        <CheckboxField label={t("includeMedia")} checked={media} onChange={setMedia} />
        <Button
          loading={isRunning}
          onClick={() => void act(async () => setJobId((await exportVersion(version.id, format, media)).id))}
        >
          {t("exportDo")}
        </Button>
        {job && isRunning ? <JobProgress job={job} /> : null}
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
        {typeof url === "string" ? (
          <AnchorButton href={url} download variant="primary" icon={<IconDownload size={16} />}>
            {t("download")} {typeof bytes === "number" ? `· ${formatBytes(bytes)}` : ""}
          </AnchorButton>
        ) : null}
      </Stack>
    </Panel>
  );
}
