import { IconSparkles } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type Analysis, analysisQuery, startAnalysis } from "@/api/embeddings";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import type { Dataset } from "@/api/types";
import { Button, Panel, Time } from "@/ui";
import styles from "./AnalysisPanel.module.css";
import { act } from "./act";
import { jobErrorText } from "./errorText";
import { useMay } from "./inProject";
import { JobProgress } from "./JobsTray";
import { useWords } from "./words";

/** What the server can look at. */
const ANALYZABLE = ["image", "text", "audio"];

/** Whether a data set of this kind has a map, an outlier, something like something else. */
export const isAnalyzable = (modality: string) => ANALYZABLE.includes(modality);

/** Whether the contents of the samples were looked at, and the way to have it done. Pages load the words of `explore`. */
export function AnalysisPanel({ dataset }: { dataset: Dataset }) {
  const t = useWords("explore", dataset.modality);
  const client = useQueryClient();
  const mayCurate = useMay("curate_project");
  const state = useQuery(analysisQuery(dataset.id)).data;
  const { job, isRunning } = useAnalysisJob(state, dataset.id);
  if (!state || !isAnalyzable(dataset.modality) || state.samples === 0) return null;
  const start = () =>
    act(async () => {
      await startAnalysis(dataset.id);
      await client.invalidateQueries({ queryKey: analysisQuery(dataset.id).queryKey });
    });
  const missing = Math.max(0, state.samples - state.embedded);
  return (
    <Panel>
      <div className={styles.analysis}>
        <div className={styles.analysisText}>
          <strong>{t("analysisTitle")}</strong>
          <p className="muted small">{t("analysisText")}</p>
          {state.map ? (
            <p className="muted small">
              {t("analyzed", { count: state.embedded })} · <Time iso={state.map.made_at} />
              {missing > 0 ? ` · ${t("analysisMissing", { count: missing })}` : ""}
            </p>
          ) : null}
        </div>
        {mayCurate ? (
          <Button icon={<IconSparkles size={16} />} loading={isRunning} onClick={start}>
            {state.map ? t("analyzeAgain") : t("analyze")}
          </Button>
        ) : null}
      </div>
      {job && isRunning ? <JobProgress job={job} /> : null}
      {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
    </Panel>
  );
}

function useAnalysisJob(state: Analysis | undefined, dataset: string) {
  const client = useQueryClient();
  const id = state?.job ?? null;
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null }).data;
  const isRunning = job !== undefined && isOpen(job);
  useEvents(
    id && isRunning ? [`job:${id}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(id ?? "").queryKey }),
  );
  // What was running and is no longer has changed the data set, whether or not an event told of it.
  const wasRunning = useRef(false);
  useEffect(() => {
    if (wasRunning.current && !isRunning) void client.invalidateQueries({ queryKey: ["dataset", dataset] });
    wasRunning.current = isRunning;
  }, [isRunning, client, dataset]);
  return { job, isRunning };
}
