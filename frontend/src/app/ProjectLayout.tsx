import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useMatchRoute, useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { may, meQuery } from "@/api/auth";
import { AppError, asAppError } from "@/api/errors";
import { projectQuery } from "@/api/projects";
import type { Permission } from "@/api/types";
import { useT } from "@/i18n";
import { cx } from "@/ui";
import { isClosed } from "./access";
import { Failure } from "./QueryState";
import styles from "./Shell.module.css";

const PAGES = [
  { to: "/p/$project", word: "overview", needs: "access_project" },
  { to: "/p/$project/data", word: "data", needs: "view_project" },
  { to: "/p/$project/labels", word: "labels", needs: "view_project" },
  { to: "/p/$project/tasks", word: "tasks", needs: "access_project" },
  { to: "/p/$project/versions", word: "versions", needs: "view_project" },
  { to: "/p/$project/runs", word: "train", needs: "view_project" },
  { to: "/p/$project/models", word: "models", needs: "view_project" },
  { to: "/p/$project/endpoints", word: "deploy", needs: "view_project" },
  { to: "/p/$project/members", word: "settings", needs: "view_project" },
] as const satisfies readonly { to: string; word: string; needs: Permission }[];

/** Pages without a tab of their own, below the tab they belong to. */
const BELONGS: Readonly<Record<string, string>> = {
  activity: "overview",
  agreement: "tasks",
  augment: "data",
  train: "train",
  reports: "train",
  settings: "settings",
};

const FORBIDDEN = new AppError({ code: "forbidden", status: 403, detail: "" });

/** The project's second bar. A page one may not open is not linked. The canvas pages go without it. */
export function ProjectLayout() {
  const t = useT("app");
  const { project } = useParams({ from: "/app/p/$project" });
  const me = useQuery(meQuery).data;
  const refused = useRefusal(project);
  const matches = useMatchRoute();
  const path = useLocation({ select: ({ pathname }) => pathname.split("/").slice(3).join("/") });
  const section = path.split("/")[0] ?? "";
  const onCanvas =
    matches({ to: "/p/$project/annotate/$campaign" }) !== false ||
    matches({ to: "/p/$project/annotate/$campaign/grid" }) !== false ||
    matches({ to: "/p/$project/review/$campaign" }) !== false ||
    matches({ to: "/p/$project/conflicts/$campaign" }) !== false;
  const bar = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is the current one then
  useEffect(() => {
    const current = bar.current?.querySelector(`.${styles.tabActive}`);
    current?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [section]);
  return (
    <>
      {onCanvas || refused ? null : (
        <nav ref={bar} className={styles.projectBar} aria-label={t("projectNavigation")}>
          {PAGES.filter((page) => may(me, project, page.needs)).map((page) => (
            <Link
              key={page.to}
              to={page.to}
              params={{ project }}
              activeOptions={{ exact: page.to === "/p/$project", includeSearch: false }}
              activeProps={{ className: cx(styles.tabActive) }}
              className={cx(BELONGS[section] === page.word && styles.tabActive)}
            >
              {t(page.word)}
            </Link>
          ))}
        </nav>
      )}
      <div className={styles.projectContent}>
        {refused || isClosed(me, project, path) ? <Failure error={refused ?? FORBIDDEN} /> : <Outlet />}
      </div>
    </>
  );
}

/**
 * Why there is no such project for me. Lists of what is in it would come back empty and say untrue things. One that
 * goes away while its page is open keeps the page: what was begun there is still to be seen.
 */
function useRefusal(project: string): AppError | null {
  const { data, error } = useQuery(projectQuery(project));
  const problem = data === undefined && error ? asAppError(error) : null;
  return problem?.status === 403 || problem?.status === 404 ? problem : null;
}
