import {
  IconActivity,
  IconCloudComputing,
  IconFolders,
  IconHelp,
  IconHome,
  IconSettings,
  IconSubtask,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { meQuery } from "@/api/auth";
import type { Scope } from "@/hotkeys/map";
import { aliveScopes, useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { cx, Tooltip } from "@/ui";
import { Offline } from "./Offline";
import styles from "./Shell.module.css";
import { TopBar } from "./TopBar";

const CheatSheet = lazy(() =>
  import("@/hotkeys/CheatSheet").then((module) => ({ default: module.CheatSheet })),
);
const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));

/** The frame of every signed-in page: rail, top bar, content. */
export function Shell() {
  const t = useT("app");
  const [sheet, setSheet] = useState<readonly Scope[] | null>(null);
  const [palette, setPalette] = useState(false);
  const openKeys = () => setSheet(aliveScopes());
  useHotkeys("global", { palette: () => setPalette(true), keys: openKeys });
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t("skipToContent")}
      </a>
      <Rail onKeys={openKeys} />
      <TopBar onPalette={() => setPalette(true)} />
      <main id="content" className={styles.content} tabIndex={-1}>
        <Outlet />
      </main>
      <Offline />
      <Suspense fallback={null}>
        {sheet ? <CheatSheet open scopes={sheet} onClose={() => setSheet(null)} /> : null}
        {palette ? <Palette onClose={() => setPalette(false)} onKeys={openKeys} /> : null}
      </Suspense>
    </div>
  );
}

function Rail({ onKeys }: { onKeys: () => void }) {
  const t = useT("app");
  const me = useQuery(meQuery).data;
  const isOnlyAnnotator =
    me !== undefined && !me.is_admin && me.memberships.every((one) => one.role === "annotator");
  return (
    <nav className={styles.rail} aria-label={t("mainNavigation")}>
      <RailLink to="/" label={t("navHome")} exact icon={<IconHome size={20} stroke={1.6} />} />
      {isOnlyAnnotator ? null : (
        <>
          <RailLink to="/projects" label={t("navProjects")} icon={<IconFolders size={20} stroke={1.6} />} />
          <RailLink to="/jobs" label={t("navJobs")} icon={<IconSubtask size={20} stroke={1.6} />} />
          <RailLink
            to="/endpoints"
            label={t("navEndpoints")}
            icon={<IconCloudComputing size={20} stroke={1.6} />}
          />
        </>
      )}
      {me?.is_admin ? (
        <Tooltip label={t("navAdmin")}>
          <a href="/admin/" className={styles.railLink} aria-label={t("navAdmin")}>
            <IconActivity size={20} stroke={1.6} />
          </a>
        </Tooltip>
      ) : null}
      <span className={styles.spacer} />
      <Tooltip label={t("navKeys")}>
        <button type="button" className={styles.railLink} aria-label={t("navKeys")} onClick={onKeys}>
          <IconHelp size={20} stroke={1.6} />
        </button>
      </Tooltip>
      <RailLink to="/me" label={t("navMe")} icon={<IconSettings size={20} stroke={1.6} />} />
    </nav>
  );
}

interface RailLinkProps {
  to: "/" | "/projects" | "/jobs" | "/endpoints" | "/me";
  label: string;
  icon: ReactNode;
  exact?: boolean;
}

function RailLink({ to, label, icon, exact }: RailLinkProps) {
  return (
    <Tooltip label={label}>
      <Link
        to={to}
        aria-label={label}
        activeOptions={{ exact: exact ?? false }}
        className={styles.railLink}
        activeProps={{ className: cx(styles.railLink, styles.railActive) }}
      >
        {icon}
      </Link>
    </Tooltip>
  );
}
