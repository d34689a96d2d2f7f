import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type KeyboardEvent, useId, useState } from "react";
import { may, mayCreateProjects, meQuery } from "@/api/auth";
import { useT } from "@/i18n";
import { Dialog, TextField } from "@/ui";
import styles from "./Palette.module.css";

interface Entry {
  key: string;
  label: string;
  group: string;
  run: () => void;
}

/** ⌘K: every page and project by name. */
export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const t = useT("app");
  const list = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(onKeys).filter((entry) =>
    `${entry.label} ${entry.group}`.toLowerCase().includes(query.trim().toLowerCase()),
  );
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, entries.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter") choose(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog open onClose={onClose} title={t("palette")}>
      <TextField
        label={t("palette")}
        hideLabel
        autoFocus
        value={query}
        placeholder={t("palettePlaceholder")}
        onKeyDown={onKeyDown}
        onChange={(value) => {
          setQuery(value);
          setAt(0);
        }}
      />
      {entries.length === 0 ? <p className={styles.empty}>{t("paletteEmpty")}</p> : null}
      <ul id={list} className={styles.list}>
        {entries.slice(0, 40).map((entry, index) => (
          <li key={entry.key}>
            <button
              type="button"
              className={styles.entry}
              data-active={index === at || undefined}
              onClick={() => choose(entry)}
              onMouseMove={() => setAt(index)}
            >
              <span>{entry.label}</span>
              <span className="muted small">{entry.group}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function useEntries(onKeys: () => void): Entry[] {
  const t = useT("app");
  const navigate = useNavigate();
  const { project } = useParams({ strict: false });
  const me = useQuery(meQuery).data;
  const name = me?.memberships.find((one) => one.project === project)?.project_name ?? t("name");
  const inProject: Entry[] = project
    ? PROJECT_PAGES.filter((page) => may(me, project, page.needs)).map((page) => ({
        key: page.to,
        label: t(page.word),
        group: name,
        run: () => void navigate({ to: page.to, params: { project } }),
      }))
    : [];
  const projects: Entry[] = (me?.memberships ?? []).map((one) => ({
    key: one.project,
    label: one.project_name,
    group: t("navProjects"),
    run: () => void navigate({ to: "/p/$project", params: { project: one.project } }),
  }));
  const general: Entry[] = GENERAL_PAGES.map((page) => ({
    key: page.to,
    label: t(page.word),
    group: t("name"),
    run: () => void navigate({ to: page.to }),
  }));
  const fresh: Entry = {
    key: "new",
    label: t("newProject"),
    group: t("name"),
    run: () => void navigate({ to: "/projects/new" }),
  };
  return [
    ...inProject,
    ...projects,
    ...general,
    ...(mayCreateProjects(me) ? [fresh] : []),
    { key: "keys", label: t("navKeys"), group: t("name"), run: onKeys },
  ];
}

const PROJECT_PAGES = [
  { to: "/p/$project", word: "overview", needs: "access_project" },
  { to: "/p/$project/data", word: "data", needs: "view_project" },
  { to: "/p/$project/data/import", word: "jobKind_import", needs: "curate_project" },
  { to: "/p/$project/data/bin", word: "bin", needs: "curate_project" },
  { to: "/p/$project/labels", word: "labels", needs: "view_project" },
  { to: "/p/$project/tasks", word: "tasks", needs: "access_project" },
  { to: "/p/$project/versions", word: "versions", needs: "view_project" },
  { to: "/p/$project/runs", word: "train", needs: "view_project" },
  { to: "/p/$project/models", word: "models", needs: "view_project" },
  { to: "/p/$project/endpoints", word: "deploy", needs: "view_project" },
  { to: "/p/$project/members", word: "settings", needs: "view_project" },
] as const;

const GENERAL_PAGES = [
  { to: "/", word: "navHome" },
  { to: "/projects", word: "navProjects" },
  { to: "/jobs", word: "navJobs" },
  { to: "/endpoints", word: "navEndpoints" },
  { to: "/me", word: "navMe" },
] as const;
