import { IconDownload } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { datasetQuery } from "@/api/datasets";
import { isRecord } from "@/api/errors";
import { useEvents } from "@/api/events";
import { formatsQuery } from "@/api/formats";
import { isOpen, jobQuery } from "@/api/jobs";
import { type DatasetVersion, exportVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { lookup, useT } from "@/i18n";
import { formatBytes } from "@/i18n/format";
import { AnchorButton, Button, CheckboxField, Panel, SelectField, Stack } from "@/ui";

const formatText = (format: string, title: string) => lookup("versions", `format_${format}`) ?? title;

/** Make an archive of the version and download it. */
export function ExportPanel({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const [format, setFormat] = useState("coco");
  const [media, setMedia] = useState(true);
  const [jobId, setJobId] = useState<string | null>(null);
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null }).data;
  useEvents(
    jobId ? [`job:${jobId}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(jobId ?? "").queryKey }),
  );
  const task = useQuery(datasetQuery(version.dataset)).data?.task;
  const formats = useQuery(formatsQuery).data ?? [];
  if (!mayCurate) return null;
  const fit = formats.filter((row) => row.exports && (!task || row.export_tasks.includes(task)));
  const isRunning = job !== undefined && isOpen(job);
  const { download_url: url, bytes } = job?.result ?? {};
  return (
    <Panel title={t("export")}>
      <Stack gap={12}>
        <SelectField
          label={t("exportFormat")}
          hint={lookup("versions", `formatText_${format}`)}
          value={format}
          options={fit.map(({ key, title }) => ({ value: key, label: formatText(key, title) }))}
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
        <Told problems={job?.result?.problems} />
        {typeof url === "string" ? (
          <AnchorButton href={url} download variant="primary" icon={<IconDownload size={16} />}>
            {t("download")} {typeof bytes === "number" ? `· ${formatBytes(bytes)}` : ""}
          </AnchorButton>
        ) : null}
      </Stack>
    </Panel>
  );
}

/** What the format had no place for, with how often. */
function Told({ problems }: { problems: unknown }) {
  const t = useT("versions");
  const rows = isRecord(problems) ? Object.entries(problems) : [];
  if (rows.length === 0) return null;
  return (
    <div role="note">
      <p className="small">{t("exportTold")}</p>
      <ul className="muted small">
        {rows.map(([code, count]) => (
          <li key={code}>
            {lookup("versions", `told_${code}`) ?? code}: {String(count)}
          </li>
        ))}
      </ul>
    </div>
  );
}
