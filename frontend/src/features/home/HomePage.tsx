import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mayCreateProjects, meQuery } from "@/api/auth";
import { type Home, homeQuery } from "@/api/campaigns";
import { projectsPages } from "@/api/projects";
import { rowsOf } from "@/api/query";
import type { Campaign, Me, Project } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import {
  Badge,
  Cards,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  Row,
  Stack,
  Stat,
  StatRow,
} from "@/ui";
import styles from "./home.module.css";

/** Where one lands: an annotator finds one button, others what runs and where their projects stand. */
export function HomePage() {
  const t = useT("home");
  const me = useQuery(meQuery).data;
  const home = useQuery(homeQuery);
  if (!me) return null;
  const isOnlyAnnotator =
    !me.is_admin && me.memberships.length > 0 && me.memberships.every((one) => one.role === "annotator");
  return (
    <Page>
      <PageHeader title={t("hello", { name: me.display_name || me.username })} />
      <QueryState query={home}>
        {(data) => (
          <Stack gap={24}>
            <NextUp home={data} alone={isOnlyAnnotator} />
            <MyTasks campaigns={data.campaigns} />
            {isOnlyAnnotator ? null : <Overview home={data} me={me} />}
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}

function NextUp({ home, alone }: { home: Home; alone: boolean }) {
  const t = useT("home");
  const next = home.continue;
  const campaign = home.campaigns.find((one) => one.id === next?.campaign);
  if (!next || !campaign)
    return alone ? <EmptyState title={t("nothing")}>{t("nothingHint")}</EmptyState> : null;
  return (
    <section className={styles.next}>
      <p>{t("labelNext", { name: next.name })}</p>
      <LinkButton
        to="/p/$project/annotate/$campaign"
        params={{ project: campaign.project, campaign: campaign.id }}
        variant="primary"
        size="lg"
      >
        {t("continueLeft", { count: next.open })}
      </LinkButton>
    </section>
  );
}

function MyTasks({ campaigns }: { campaigns: readonly Campaign[] }) {
  const t = useT("home");
  const open = campaigns.filter(({ may, mine, counts }) => may.label && Math.max(mine.open, counts.new) > 0);
  if (open.length < 2) return null;
  return (
    <Panel title={t("tasks")}>
      <ul className={styles.tasks}>
        {open.slice(0, 8).map((one) => (
          <li key={one.id}>
            <Link to="/p/$project/annotate/$campaign" params={{ project: one.project, campaign: one.id }}>
              {one.name}
            </Link>
            <span className="muted small">
              {t("taskLeft", { count: Math.max(one.mine.open, one.counts.new) })}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Overview({ home, me }: { home: Home; me: Me }) {
  const t = useT("home");
  const projects = useInfiniteQuery(projectsPages());
  return (
    <>
      {home.reviews_waiting > 0 || home.running_jobs > 0 ? (
        <StatRow>
          <Stat label={t("reviews")} value={formatCount(home.reviews_waiting)} />
          <Stat label={t("running")} value={formatCount(home.running_jobs)} />
        </StatRow>
      ) : null}
      <QueryState query={{ ...projects, data: rowsOf(projects.data) }}>
        {(rows) =>
          rows.length > 0 ? (
            <Projects projects={rows} canCreate={mayCreateProjects(me)} />
          ) : (
            <NoProjects canCreate={mayCreateProjects(me)} />
          )
        }
      </QueryState>
    </>
  );
}

function NoProjects({ canCreate }: { canCreate: boolean }) {
  const t = useT("home");
  const action = canCreate ? (
    <LinkButton to="/projects/new" variant="primary">
      {t("newProject")}
    </LinkButton>
  ) : null;
  return (
    <EmptyState title={t("noProjects")} action={action}>
      {t("noProjectsHint")}
    </EmptyState>
  );
}

function Projects({ projects, canCreate }: { projects: readonly Project[]; canCreate: boolean }) {
  const t = useT("home");
  const app = useT("app");
  return (
    <Stack gap={12}>
      <Row justify="between">
        <h2>{t("projects")}</h2>
        {canCreate ? (
          <LinkButton to="/projects/new" icon={<IconPlus size={16} />}>
            {t("newProject")}
          </LinkButton>
        ) : null}
      </Row>
      <Cards>
        {projects.slice(0, 12).map((project) => {
          const { samples, labeled, models, endpoints } = project.counts;
          return (
            <Link
              key={project.id}
              to="/p/$project"
              params={{ project: project.id }}
              className={styles.project}
            >
              <span className={styles.name}>
                <strong className="ellipsis">{project.name}</strong>
                {project.is_demo ? <Badge tone="accent">{app("demo")}</Badge> : null}
              </span>
              <span className={styles.about}>{project.description}</span>
              <span className={styles.figures}>
                <Figure label={t("images")} value={formatCount(samples)} />
                <Figure
                  label={t("labeled")}
                  value={samples > 0 ? formatPercent(labeled / samples, 0) : "–"}
                />
                <Figure label={t("models")} value={formatCount(models)} />
                <Figure label={t("endpoints")} value={formatCount(endpoints)} />
              </span>
            </Link>
          );
        })}
      </Cards>
    </Stack>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <span className={styles.figure}>
      <span className="num">{value}</span>
      <span className="muted small">{label}</span>
    </span>
  );
}
