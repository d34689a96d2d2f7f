import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { mayCreateProjects, meQuery } from "@/api/auth";
import { projectsPages } from "@/api/projects";
import { rowsOf } from "@/api/query";
import type { Project } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { Badge, Button, Cards, EmptyState, LinkButton, Page, PageHeader, Progress, Row, Stack } from "@/ui";
import styles from "./projects.module.css";
import { roleText } from "./words";

export function ProjectsPage() {
  const t = useT("projects");
  const query = useInfiniteQuery(projectsPages());
  const mayCreate = mayCreateProjects(useQuery(meQuery).data);
  const make = mayCreate ? (
    <LinkButton to="/projects/new" variant="primary" icon={<IconPlus size={16} />}>
      {t("newProject")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHeader title={t("title")} description={t("subtitle")} actions={make} />
      <QueryState query={{ ...query, data: rowsOf(query.data) }}>
        {(projects) =>
          projects.length === 0 ? (
            <EmptyState title={t("emptyTitle")} action={make}>
              {t("emptyText")}
            </EmptyState>
          ) : (
            <Stack>
              <Cards min="md">
                {projects.map((project) => (
                  <ProjectCard key={project.id} project={project} />
                ))}
              </Cards>
              {query.hasNextPage ? (
                <Row justify="center">
                  <MoreButton onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage} />
                </Row>
              ) : null}
            </Stack>
          )
        }
      </QueryState>
    </Page>
  );
}

function MoreButton({ onClick, loading }: { onClick: () => void; loading: boolean }) {
  const t = useT("ui");
  return (
    <Button onClick={onClick} loading={loading}>
      {t("loadMore")}
    </Button>
  );
}

function ProjectCard({ project }: { project: Project }) {
  const t = useT("projects");
  const { samples, labeled, models, endpoints } = project.counts;
  const share = samples > 0 ? labeled / samples : 0;
  return (
    <article className={styles.card}>
      <Row justify="between" align="start">
        <h2>
          <Link to="/p/$project" params={{ project: project.id }} className={styles.cardLink}>
            {project.name}
          </Link>
        </h2>
        {project.is_demo ? <Badge tone="accent">{t("demo")}</Badge> : null}
      </Row>
      <p className={styles.cardText}>{project.description || t("noDescription")}</p>
      <Row gap={12}>
        <Progress value={share} label={t("labeledShare", { percent: formatPercent(share, 0) })} />
        <span className="num muted small">{t("labeledShare", { percent: formatPercent(share, 0) })}</span>
      </Row>
      <div className={styles.cardFoot}>
        <span>{t("samples", { count: samples })}</span>
        <span>{t("models", { count: models })}</span>
        <span>{t("endpoints", { count: endpoints })}</span>
        <span className={styles.cardRole}>{roleText(project.role)}</span>
      </div>
    </article>
  );
}
