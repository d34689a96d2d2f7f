import { IconAdjustmentsHorizontal, IconChevronDown, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { changeMe, mayCreateProjects, meQuery, signOut } from "@/api/auth";
import { projectQuery } from "@/api/projects";
import { keycaps } from "@/hotkeys/registry";
import { useT } from "@/i18n";
import { Avatar, Badge, Button, IconButton, Kbd, Menu, Popover, SegmentedField, Stack } from "@/ui";
import { JobsTray } from "./JobsTray";
import { changeLook, useLook } from "./look";
import styles from "./Shell.module.css";

/** Where one is, and the switches that are the same everywhere. */
export function TopBar({ onPalette }: { onPalette: () => void }) {
  const t = useT("app");
  return (
    <header className={styles.top}>
      <ProjectSwitcher />
      <span className={styles.spacer} />
      <button type="button" className={styles.search} onClick={onPalette} title={t("palette")}>
        <IconSearch size={15} aria-hidden />
        <span>{t("palettePlaceholder")}</span>
        {keycaps({ code: "KeyK", mod: true }).map((cap) => (
          <Kbd key={cap}>{cap}</Kbd>
        ))}
      </button>
      <JobsTray />
      <LookSwitch />
      <Account />
    </header>
  );
}

function ProjectSwitcher() {
  const t = useT("app");
  const navigate = useNavigate();
  const { project } = useParams({ strict: false });
  const me = useQuery(meQuery).data;
  const current = useQuery({ ...projectQuery(project ?? ""), enabled: project !== undefined }).data;
  const entries = (me?.memberships ?? []).slice(0, 12).map((one) => ({
    key: one.project,
    label: one.project_name,
    onSelect: () => void navigate({ to: "/p/$project", params: { project: one.project } }),
  }));
  const all = {
    key: "all",
    label: t("allProjects"),
    section: null,
    onSelect: () => void navigate({ to: "/projects" }),
  };
  const fresh = {
    key: "new",
    label: t("newProject"),
    onSelect: () => void navigate({ to: "/projects/new" }),
  };
  return (
    <Menu entries={[...entries, all, ...(mayCreateProjects(me) ? [fresh] : [])]} label={t("switchProject")}>
      <Button
        variant="quiet"
        className={styles.switcher}
        trailing={<IconChevronDown size={15} />}
        title={t("switchProject")}
      >
        <span>{current?.name ?? t("name")}</span>
        {current?.is_demo ? <Badge tone="accent">{t("demo")}</Badge> : null}
      </Button>
    </Menu>
  );
}

/** Language, theme and density, for the shell and the pages outside it. */
export function LookSwitch() {
  const t = useT("app");
  const [open, setOpen] = useState(false);
  const look = useLook();
  const me = useQuery({ ...meQuery, enabled: false }).data;
  const remember = (changes: Parameters<typeof changeMe>[0]) => {
    if (me) void changeMe(changes).catch(() => undefined);
  };
  return (
    <Popover
      open={open}
      onChange={setOpen}
      label={t("look")}
      width={272}
      target={
        <IconButton label={t("look")}>
          <IconAdjustmentsHorizontal size={18} stroke={1.6} />
        </IconButton>
      }
    >
      <Stack gap={12}>
        <SegmentedField
          label={t("language")}
          showLabel
          fullWidth
          value={look.language}
          options={[
            { value: "en", label: <span lang="en">English</span> },
            { value: "zh-Hans", label: <span lang="zh-Hans">简体中文</span> },
          ]}
          onChange={(language) => {
            void changeLook({ language });
            remember({ language });
          }}
        />
        <SegmentedField
          label={t("theme")}
          showLabel
          fullWidth
          value={look.theme}
          options={[
            { value: "system", label: t("themeSystem") },
            { value: "light", label: t("themeLight") },
            { value: "dark", label: t("themeDark") },
          ]}
          onChange={(theme) => {
            void changeLook({ theme });
            remember({ theme });
          }}
        />
        <SegmentedField
          label={t("density")}
          showLabel
          fullWidth
          value={look.density}
          options={[
            { value: "compact", label: t("densityCompact") },
            { value: "standard", label: t("densityStandard") },
            { value: "roomy", label: t("densityRoomy") },
          ]}
          onChange={(density) => void changeLook({ density })}
        />
      </Stack>
    </Popover>
  );
}

function Account() {
  const t = useT("app");
  const navigate = useNavigate();
  const me = useQuery(meQuery).data;
  const name = me?.display_name || me?.username || "";
  const leave = async () => {
    await signOut();
    await navigate({ to: "/login", search: { next: undefined } });
  };
  return (
    <Menu
      label={name}
      entries={[
        { key: "me", section: name, label: t("navMe"), onSelect: () => void navigate({ to: "/me" }) },
        { key: "out", section: null, label: t("signOut"), onSelect: () => void leave() },
      ]}
    >
      <IconButton label={name || t("navMe")}>
        <Avatar name={name || "?"} size={26} />
      </IconButton>
    </Menu>
  );
}
