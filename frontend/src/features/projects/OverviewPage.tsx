import { IconArrowRight } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { campaignsQuery } from "@/api/campaigns";
import { datasetsQuery } from "@/api/datasets";
import { isOpen, recentJobsQuery } from "@/api/jobs";
import { figureOf } from "@/api/metrics";
import { modelsPages } from "@/api/models";
import { projectQuery } from "@/api/projects";
import { rowsOf } from "@/api/query";
import { canBeHandedOut } from "@/api/tasks";
import type { Project } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { jobKindText } from "@/app/jobWords";
import { QueryState } from "@/app/QueryState";
import { useCanTrain } from "@/app/trainable";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Badge, EmptyState, LinkButton, Page, PageHeader, Panel, Progress, Stack } from "@/ui";
import { RecentActivity } from "./ActivityPage";
import { nextStep, type Step } from "./nextStep";
import styles from "./projects.module.css";
import { roleText } from "./words";

export function OverviewPage() {
  const t = useT("projects");
  const id = useProjectId();
  const query = useQuery(projectQuery(id));
  return (
    <QueryState query={query}>
      {(project) => (
        <Page>
          <PageHeader
            title={project.name}
            badge={project.is_demo ? <Badge tone="accent">{t("demo")}</Badge> : null}
            description={project.description}
            actions={<ProjectActions project={project} />}
          />
          {project.permissions.includes("view_project") ? <Funnel project={project} /> : null}
          <NextStep project={project} />
          {project.permissions.includes("view_project") ? (
            <div className={styles.two}>
              <RecentActivity project={id} />
              <RunningJobs project={id} />
            </div>
          ) : null}
        </Page>
      )}
    </QueryState>
  );
}

function ProjectActions({ project }: { project: Project }) {
  const t = useT("projects");
  return (
    <>
      <Badge>{roleText(project.role)}</Badge>
      {project.permissions.includes("manage_project") ? (
        <LinkButton to="/p/$project/settings" params={{ project: project.id }}>
          {t("settings")}
        </LinkButton>
      ) : null}
    </>
  );
}

function Funnel({ project }: { project: Project }) {
  const t = useT("projects");
  const { counts } = project;
  const params = { project: project.id };
  const share = counts.samples > 0 ? counts.labeled / counts.samples : 0;
  const training = useIsTraining(project.id);
  const best = useBestAccuracy(project.id, counts.models > 0);
  return (
    <nav className={styles.funnel} aria-label={t("funnel")}>
      <Link to="/p/$project/data" params={params} className={styles.stage}>
        <span className={styles.stageName}>{t("data")}</span>
        {counts.samples > 0 ? <Figure text={formatCount(counts.samples)} /> : <None text={t("dataNone")} />}
        <span className={styles.stageHint}>{t("versions", { count: counts.versions })}</span>
      </Link>
      <Link to="/p/$project/tasks" params={params} className={styles.stage}>
        <span className={styles.stageName}>{t("labels")}</span>
        {counts.samples > 0 ? <Figure text={formatPercent(share, 0)} /> : <None text="–" />}
        <span className={styles.stageHint}>
          {t("labelsOf", { done: counts.labeled, total: counts.samples })}
        </span>
        <span className={styles.stageBar}>
          <Progress value={share} label={t("labels")} />
        </span>
      </Link>
      <Link
        to={counts.models > 0 ? "/p/$project/models" : "/p/$project/runs"}
        params={params}
        className={styles.stage}
      >
        <span className={styles.stageName}>{t("model")}</span>
        <ModelFigure training={training} best={best} models={counts.models} />
        <span className={styles.stageHint}>{t("runs", { count: counts.runs })}</span>
      </Link>
      <Link to="/p/$project/endpoints" params={params} className={styles.stage}>
        <span className={styles.stageName}>{t("live")}</span>
        {counts.endpoints > 0 ? (
          <Figure text={formatCount(counts.endpoints)} />
        ) : (
          <None text={t("liveNone")} />
        )}
        <span className={styles.stageHint}>
          {counts.endpoints > 0 ? t("liveOn", { count: counts.endpoints }) : "\u00a0"}
        </span>
      </Link>
    </nav>
  );
}

function ModelFigure({ training, best, models }: { training: boolean; best: number | null; models: number }) {
  const t = useT("projects");
  if (best !== null) return <Figure text={t("accuracy", { value: formatPercent(best) })} small />;
  if (training) return <None text={t("modelRunning")} />;
  return models > 0 ? <Figure text={t("models", { count: models })} small /> : <None text={t("modelNone")} />;
}

function Figure({ text, small }: { text: string; small?: boolean }) {
  return (
    <span
      className={styles.stageFigure}
      style={small ? { fontSize: "var(--text-xl)", lineHeight: "30px" } : undefined}
    >
      {text}
    </span>
  );
}

function None({ text }: { text: string }) {
  return <span className={styles.stageNone}>{text}</span>;
}

function useIsTraining(project: string): boolean {
  const jobs = useQuery(recentJobsQuery).data?.results ?? [];
  return jobs.some((job) => job.project === project && job.kind.startsWith("training.") && isOpen(job));
}

function useBestAccuracy(project: string, enabled: boolean): number | null {
  const models = rowsOf(useInfiniteQuery({ ...modelsPages(project), enabled }).data) ?? [];
  const values = models.flatMap((model) => figureOf(model.latest?.metrics, "accuracy") ?? []);
  return values.length > 0 ? Math.max(...values) : null;
}

const STEP_PAGE = {
  import: "/p/$project/data/import",
  label: "/p/$project/tasks",
  freeze: "/p/$project/versions/new",
  train: "/p/$project/train/new",
  watch: "/p/$project/runs",
  deploy: "/p/$project/models",
  improve: "/p/$project/reports",
  work: "/p/$project/tasks",
} as const satisfies Record<Step, string>;

/** What the project can go on with; null while it is asked. */
function useWhatWorks({ id, permissions }: Project): { canTrain: boolean; canHandOut: boolean } | null {
  const enabled = permissions.includes("view_project");
  const datasets = useQuery({ ...datasetsQuery(id), enabled }).data?.results;
  const canTrain = useCanTrain(id, enabled);
  if (!enabled) return { canTrain: false, canHandOut: false };
  if (!datasets || canTrain === undefined) return null;
  return { canTrain, canHandOut: datasets.some(canBeHandedOut) };
}

/** Whether one of the project's tasks has something for me; undefined while it is asked. */
function useHasWork(project: string, enabled: boolean): boolean | undefined {
  const campaigns = useQuery({ ...campaignsQuery(project), enabled }).data?.results;
  return campaigns?.some(({ may, mine, counts }) => may.label && Math.max(mine.open, counts.new) > 0);
}

function NextStep({ project }: { project: Project }) {
  const t = useT("projects");
  const isTraining = useIsTraining(project.id);
  const works = useWhatWorks(project);
  const { counts, permissions } = project;
  const step = works && nextStep({ counts, permissions, isTraining, ...works });
  const hasWork = useHasWork(project.id, step === "work");
  if (!step || (step === "work" && hasWork === undefined)) return null;
  if (step === "work" && !hasWork) return <EmptyState title={t("idle")}>{t("idleText")}</EmptyState>;
  const unlabeled = counts.samples - counts.labeled;
  return (
    <section className={styles.next} aria-labelledby="next-step">
      <div>
        <span className={styles.nextEyebrow}>{t("nextStep")}</span>
        <h2 id="next-step">{t(`next_${step}`)}</h2>
        <p>{step === "label" ? t("next_label_text", { count: unlabeled }) : t(`next_${step}_text`)}</p>
      </div>
      <LinkButton
        to={STEP_PAGE[step]}
        params={{ project: project.id }}
        variant="primary"
        size="lg"
        icon={<IconArrowRight size={16} />}
      >
        {t(`next_${step}_do`)}
      </LinkButton>
    </section>
  );
}

function RunningJobs({ project }: { project: string }) {
  const t = useT("projects");
  const jobs = (useQuery(recentJobsQuery).data?.results ?? []).filter(
    (job) => job.project === project && isOpen(job),
  );
  if (jobs.length === 0) return null;
  return (
    <Panel title={t("runningJobs")}>
      <Stack gap={12}>
        {jobs.map((job) => (
          <div key={job.id}>
            <Link to="/jobs/$job" params={{ job: job.id }}>
              {jobKindText(job.kind)}
            </Link>
            <JobProgress job={job} />
          </div>
        ))}
      </Stack>
    </Panel>
  );
}
