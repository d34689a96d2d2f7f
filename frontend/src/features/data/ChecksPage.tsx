import { IconRefresh } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { isRecord } from "@/api/errors";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { rowsOf } from "@/api/query";
import {
  changedSinceQuery,
  checkedAtQuery,
  type Finding,
  findingsQuery,
  startQualityChecks,
} from "@/api/samples";
import type { Dataset } from "@/api/types";
import { versionsPages } from "@/api/versions";
import { AnalysisPanel } from "@/app/AnalysisPanel";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { QueryState } from "@/app/QueryState";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { findingText, useWords, wordKey } from "@/app/words";
import { lookup, useT } from "@/i18n";
import { formatCount, languageName } from "@/i18n/format";
import {
  Badge,
  Button,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  SelectField,
  Time,
  type Tone,
} from "@/ui";
import { Copies } from "./Copies";
import { DriftColumns } from "./DriftColumns";
import styles from "./data.module.css";
import { driftsOf } from "./drifts";
import { FindingImports } from "./FindingImports";
import { FindingRows, opensRows } from "./FindingRows";
import { RemedyButtons } from "./RemedyButtons";

export function ChecksPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/data/checks" });
  return <WithDataset wanted={dataset}>{(found) => <Checks key={found.id} dataset={found} />}</WithDataset>;
}

function Checks({ dataset }: { dataset: Dataset }) {
  const t = useWords("data", dataset.modality);
  const query = useQuery(findingsQuery(dataset.id));
  const mayCurate = useMay("curate_project");
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useCheckJob(jobId, dataset.id);
  const [against, setAgainst] = useState<string | null>(null);
  const start = () => act(async () => setJobId((await startQualityChecks(dataset.id, against)).id));
  const checkedAt = useQuery(checkedAtQuery(dataset.id)).data;
  const isOld = useQuery(changedSinceQuery(dataset.id)).data;
  return (
    <Page>
      <PageHeader
        title={t("checksTitle")}
        description={t("checksText")}
        badge={
          checkedAt ? (
            <>
              <span className="muted small">
                <Time iso={checkedAt} />
              </span>{" "}
              {isOld && !isRunning ? <Badge tone="warn">{t("changedSince")}</Badge> : null}
            </>
          ) : null
        }
        actions={
          <>
            <OtherDataset dataset={dataset} />
            {mayCurate && dataset.modality === "tabular" ? (
              <AgainstField dataset={dataset} value={against} onChange={setAgainst} />
            ) : null}
            {mayCurate ? (
              <Button icon={<IconRefresh size={16} />} loading={isRunning} onClick={start}>
                {checkedAt ? t("checkNow") : t("checkFirst")}
              </Button>
            ) : null}
          </>
        }
      />
      {job && isRunning ? (
        <Panel title={t("checking")}>
          <JobProgress job={job} />
        </Panel>
      ) : null}
      <AnalysisPanel dataset={dataset} />
      <QueryState query={query}>
        {(findings) =>
          findings.every((finding) => finding.count === 0) ? (
            <NoFindings dataset={dataset} isChecked={Boolean(checkedAt)} />
          ) : (
            <Panel flush>
              {findings
                .filter((finding) => finding.count > 0)
                .sort(byWeight)
                .map((finding) => (
                  <Row
                    key={`${finding.code}-${JSON.stringify(finding.params)}`}
                    finding={finding}
                    dataset={dataset}
                  />
                ))}
            </Panel>
          )
        }
      </QueryState>
    </Page>
  );
}

function OtherDataset({ dataset }: { dataset: Dataset }) {
  const project = useProjectId();
  const navigate = useNavigate();
  const go = (id: string) =>
    void navigate({ to: "/p/$project/data/checks", params: { project }, search: { dataset: id } });
  return <DatasetSwitch dataset={dataset.id} onChange={go} />;
}

interface AgainstFieldProps {
  dataset: Dataset;
  value: string | null;
  onChange: (version: string | null) => void;
}

/** The version that a table is compared with; nothing to choose while there is one at most. */
function AgainstField({ dataset, value, onChange }: AgainstFieldProps) {
  const t = useT("tables");
  const versions = rowsOf(useInfiniteQuery(versionsPages(dataset.id)).data) ?? [];
  if (versions.length < 2) return null;
  return (
    <SelectField
      label={t("compareWith")}
      hideLabel
      value={value}
      placeholder={t("compareNewest")}
      clearable
      options={versions.map(({ id, number, name }) => ({
        value: id,
        label: t("compareVersion", { number, name }),
      }))}
      onChange={onChange}
    />
  );
}

function NoFindings({ dataset, isChecked }: { dataset: Dataset; isChecked: boolean }) {
  const t = useWords("data", dataset.modality);
  if (isChecked) return <EmptyState title={t("checksCleanTitle")}>{t("checksCleanText")}</EmptyState>;
  return <EmptyState title={t("checksNeverTitle")}>{t("checksNeverText")}</EmptyState>;
}

function useCheckJob(id: string | null, dataset: string) {
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null }).data;
  useEvents(
    id ? [`job:${id}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(id ?? "").queryKey }),
  );
  const isRunning = job !== undefined && isOpen(job);
  // Not by the event that tells of the end: the job may be read as ended before that arrives, or without it.
  const isEnded = job !== undefined && !isRunning;
  useEffect(() => {
    if (isEnded) void client.invalidateQueries({ queryKey: ["dataset", dataset] });
  }, [isEnded, client, dataset]);
  return { job, isRunning };
}

const TONE = { error: "bad", warning: "warn", info: "info" } as const satisfies Record<
  Finding["severity"],
  Tone
>;
const NAMES_SHOWN = 6;
const BY_STATE: ReadonlySet<string> = new Set(["unlabeled", "no_labels"]);
const WEIGHT = { error: 0, warning: 1, info: 2 } as const;

function byWeight(a: Finding, b: Finding): number {
  return WEIGHT[a.severity] - WEIGHT[b.severity];
}

/** The filter by which the gallery shows the pictures of a finding. */
function filterOf({ code, samples_url }: Finding): { finding: string } | { state: string } | undefined {
  if (BY_STATE.has(code)) return { state: "unlabeled" };
  return samples_url ? { finding: code } : undefined;
}

function subjectOf({ params }: Finding): string {
  const { classes, files, columns } = params;
  const listed: unknown = classes ?? files ?? columns;
  if (!Array.isArray(listed)) return "";
  const names = listed.flatMap((one: unknown) =>
    isRecord(one) ? String(one.name ?? one.where ?? "") || [] : [],
  );
  return names.slice(0, NAMES_SHOWN).join(", ") + (names.length > NAMES_SHOWN ? " …" : "");
}

/** How many groups of copies, or boxes, the pictures stand for. */
function useExtent({ params }: Finding): string {
  const t = useT("data");
  if (isRecord(params.kinds)) return counted(params.kinds, (name) => lookup("data", `personal_${name}`));
  if (isRecord(params.languages)) return counted(params.languages, languageName);
  if (isRecord(params.scripts)) return counted(params.scripts, (name) => lookup("data", `script_${name}`));
  if (typeof params.groups === "number") return t("groupsFound", { count: params.groups });
  return typeof params.boxes === "number" ? t("boxesFound", { count: params.boxes }) : "";
}

/** The names of figures by their words, most first: "Latin 120, Chinese 4". */
function counted(
  figures: Readonly<Record<string, unknown>>,
  word: (name: string) => string | undefined,
): string {
  return Object.entries(figures)
    .flatMap(([name, count]) => (typeof count === "number" ? [{ name, count }] : []))
    .sort((a, b) => b.count - a.count)
    .slice(0, NAMES_SHOWN)
    .map(({ name, count }) => `${word(name) ?? name} ${formatCount(count)}`)
    .join(", ");
}

/** "No labels" is one finding about all pictures; the others count pictures. */
function picturesOf({ code, count, params }: Finding): number {
  return code === "no_labels" && typeof params.samples === "number" ? params.samples : count;
}

/** How many marks in the pictures are meant, where it is marks. */
function marksOf({ params: { boxes } }: Finding): number | undefined {
  return typeof boxes === "number" ? boxes : undefined;
}

function Row({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useWords("data", dataset.modality);
  const project = useProjectId();
  const extent = useExtent(finding);
  const drifts = finding.code === "column_drift" ? driftsOf(finding) : [];
  const isOpened = dataset.modality === "tabular" && opensRows(finding);
  // The columns stand below as what they open.
  const subject = isOpened ? extent : subjectOf(finding) || extent;
  const shownBy = filterOf(finding);
  const own = (key: string) => lookup("data", wordKey(dataset.modality, key)) ?? lookup("data", key);
  const remedy = own(`remedyOf_${finding.code}`) ?? own(`remedyText_${finding.remedy}`) ?? t("remedyDefault");
  return (
    <div className={styles.finding}>
      <div className={styles.findingTitle}>
        <Badge tone={TONE[finding.severity]}>{t(`severity_${finding.severity}`)}</Badge>
        <h2>
          {findingText(dataset.modality, finding.code)}
          {subject ? ` · ${subject}` : ""}
        </h2>
      </div>
      {finding.code === "label_suspicious" ? (
        <LinkButton
          size="sm"
          to="/p/$project/data/labels"
          params={{ project }}
          search={{ dataset: dataset.id }}
        >
          {t("reviewLabels", { count: marksOf(finding) ?? picturesOf(finding) })}
        </LinkButton>
      ) : shownBy ? (
        <LinkButton
          size="sm"
          to="/p/$project/data"
          params={{ project }}
          search={{ dataset: dataset.id, ...shownBy }}
        >
          {t("showPictures", { count: picturesOf(finding) })}
        </LinkButton>
      ) : (
        <span />
      )}
      <p className="muted small">{remedy}</p>
      {drifts.length > 0 ? <DriftColumns finding={finding} dataset={dataset} /> : null}
      {isOpened && drifts.length === 0 ? <FindingRows finding={finding} dataset={dataset} /> : null}
      <FindingImports finding={finding} />
      <RemedyButtons finding={finding} dataset={dataset} />
      <Copies finding={finding} dataset={dataset} />
    </div>
  );
}
