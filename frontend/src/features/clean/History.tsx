import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { againCleaning, type Cleaning, cleaningsPages, undoCleaning } from "@/api/cleanings";
import { useEvents } from "@/api/events";
import { isOpen, jobQuery } from "@/api/jobs";
import { rowsOf } from "@/api/query";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { QueryState } from "@/app/QueryState";
import type { StepWords } from "@/app/steps/steps";
import { lookup, useT } from "@/i18n";
import { Badge, Button, EmptyState, Panel, Row, Stack, Time } from "@/ui";
import styles from "./clean.module.css";
import { countsText } from "./counts";

const OPEN = ["queued", "running", "undoing"];
const TONES = { applied: "ok", failed: "bad", undone: "neutral" } as const;

interface HistoryProps {
  dataset: Dataset;
  onReuse: (cleaning: Cleaning) => void;
}

/** What was done to the data set, newest first, each with its way back. */
export function History({ dataset, onReuse }: HistoryProps) {
  const t = useT("clean");
  const query = useInfiniteQuery(cleaningsPages(dataset.id));
  return (
    <Panel title={t("history")}>
      <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState compact title={t("historyEmptyTitle")}>
              {t("historyEmptyText")}
            </EmptyState>
          ) : (
            <Stack gap={12}>
              <ul className={styles.history}>
                {rows.map((cleaning) => (
                  <Entry
                    key={cleaning.id}
                    cleaning={cleaning}
                    words={dataset.modality === "tabular" ? "cleanRows" : "clean"}
                    onReuse={onReuse}
                  />
                ))}
              </ul>
              {query.hasNextPage ? (
                <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  {t("more")}
                </Button>
              ) : null}
            </Stack>
          )
        }
      </QueryState>
    </Panel>
  );
}

interface EntryProps {
  cleaning: Cleaning;
  words: StepWords;
  onReuse: (cleaning: Cleaning) => void;
}

function Entry({ cleaning, words, onReuse }: EntryProps) {
  const t = useT("clean");
  const isAtWork = OPEN.includes(cleaning.state);
  const steps = cleaning.recipe.steps.map(({ op }) => lookup(words, `op_${op}`) ?? op).join(" → ");
  const tone = cleaning.state in TONES ? TONES[cleaning.state as keyof typeof TONES] : "info";
  return (
    <li className={styles.entry}>
      <Row justify="between" wrap>
        <Row wrap>
          <strong>{cleaning.name || t("unnamed")}</strong>
          <Badge tone={tone}>{t(`state_${cleaning.state}`)}</Badge>
          <span className="muted small">
            {cleaning.created_by}, <Time iso={cleaning.created_at} />
          </span>
        </Row>
        <Actions cleaning={cleaning} isAtWork={isAtWork} onReuse={onReuse} />
      </Row>
      <p className={styles.steps}>
        {steps}
        {cleaning.filter ? <span className="mono muted"> {cleaning.filter}</span> : null}
      </p>
      {isAtWork || cleaning.state === "failed" ? <AtWork cleaning={cleaning} /> : null}
      <p className="small muted">{countsText(cleaning.counts)}</p>
      {!cleaning.undoable && (cleaning.state === "applied" || cleaning.state === "failed") ? (
        <p className="small muted">{t("undoEnded")}</p>
      ) : null}
      {cleaning.undoable && cleaning.state === "undone" ? (
        <p className="small muted">{t("undoRestHint")}</p>
      ) : null}
      <Problems cleaning={cleaning} />
    </li>
  );
}

function Actions({
  cleaning,
  isAtWork,
  onReuse,
}: {
  cleaning: Cleaning;
  isAtWork: boolean;
  onReuse: (cleaning: Cleaning) => void;
}) {
  const t = useT("clean");
  const mayCurate = useMay("curate_project");
  return (
    <Row>
      <Button size="sm" variant="quiet" onClick={() => onReuse(cleaning)}>
        {t("reuse")}
      </Button>
      {mayCurate && !isAtWork && cleaning.state !== "undone" ? (
        <Button size="sm" variant="quiet" onClick={() => void act(() => againCleaning(cleaning))}>
          {t("again")}
        </Button>
      ) : null}
      {mayCurate && cleaning.undoable ? (
        <Button size="sm" onClick={() => void act(() => undoCleaning(cleaning))}>
          {t(cleaning.state === "undone" ? "undoRest" : "undo")}
        </Button>
      ) : null}
    </Row>
  );
}

/** The bar of the job, and what is to be read anew once it ended. */
function AtWork({ cleaning }: { cleaning: Cleaning }) {
  const { job: id, dataset } = cleaning;
  const client = useQueryClient();
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null }).data;
  useEvents(
    id ? [`job:${id}`] : [],
    () => void client.invalidateQueries({ queryKey: jobQuery(id ?? "").queryKey }),
  );
  const isEnded = job !== undefined && !isOpen(job);
  const isKnown = cleaning.state === "failed";
  useEffect(() => {
    if (!isEnded || isKnown) return;
    for (const queryKey of [
      ["dataset", dataset],
      ["samples", dataset],
      ["table-rows", dataset],
      ["cleanings", "preview", dataset],
    ])
      void client.invalidateQueries({ queryKey });
  }, [isEnded, isKnown, client, dataset]);
  if (!job) return null;
  if (job.error) return <p className="small">{jobErrorText(job.error)}</p>;
  return isEnded ? null : <JobProgress job={job} />;
}

function Problems({ cleaning }: { cleaning: Cleaning }) {
  const t = useT("clean");
  if (cleaning.problems.length === 0) return null;
  return (
    <details className={styles.problems}>
      <summary>{t("problems", { count: cleaning.counts.problems ?? cleaning.problems.length })}</summary>
      <ul>
        {cleaning.problems.map((one) => (
          <li key={`${one.sample} ${one.code}`}>
            <span className="mono">{one.name}</span>: {lookup("clean", `problemText_${one.code}`) ?? one.code}
          </li>
        ))}
      </ul>
    </details>
  );
}
