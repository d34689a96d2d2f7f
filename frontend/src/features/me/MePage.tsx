import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { changeMe, meQuery, signOut } from "@/api/auth";
import type { Me } from "@/api/types";
import { act } from "@/app/act";
import { changeLook, useLook } from "@/app/look";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import {
  AnchorButton,
  Badge,
  Button,
  Page,
  PageHeader,
  Panel,
  Row,
  SegmentedField,
  Split,
  Stack,
  TextField,
  toast,
} from "@/ui";
import { PasswordPanel } from "./PasswordPanel";
import { TokensPanel } from "./TokensPanel";

export function MePage() {
  const t = useT("me");
  const navigate = useNavigate();
  const query = useQuery(meQuery);
  const leave = async () => {
    await signOut();
    await navigate({ to: "/login", search: { next: undefined } });
  };
  return (
    <QueryState query={query}>
      {(me) => (
        <Page>
          <PageHeader
            title={t("title")}
            description={me.username}
            actions={<Button onClick={leave}>{t("signOut")}</Button>}
          />
          <Split side={<Side me={me} />}>
            <Profile me={me} />
            <Look />
            <TokensPanel />
            <PasswordPanel />
          </Split>
        </Page>
      )}
    </QueryState>
  );
}

function Profile({ me }: { me: Me }) {
  const t = useT("me");
  const [name, setName] = useState(me.display_name);
  const save = async () => {
    if (await act(() => changeMe({ display_name: name.trim() }))) toast(t("saved"));
  };
  return (
    <Panel title={t("profile")}>
      <Row align="end" gap={12} wrap>
        <TextField label={t("displayName")} value={name} onChange={setName} autoComplete="name" />
        <Button variant="primary" disabled={name.trim() === me.display_name} onClick={save}>
          {t("save")}
        </Button>
      </Row>
    </Panel>
  );
}

function Look() {
  const t = useT("me");
  const look = useLook();
  const keep = (changes: Parameters<typeof changeMe>[0]) => void act(() => changeMe(changes));
  return (
    <Panel title={t("look")}>
      <Row gap={24} wrap>
        <SegmentedField
          label={t("language")}
          showLabel
          value={look.language}
          options={[
            { value: "en", label: <span lang="en">English</span> },
            { value: "zh-Hans", label: <span lang="zh-Hans">简体中文</span> },
          ]}
          onChange={(language) => {
            void changeLook({ language });
            keep({ language });
          }}
        />
        <SegmentedField
          label={t("theme")}
          showLabel
          value={look.theme}
          options={[
            { value: "system", label: t("theme_system") },
            { value: "light", label: t("theme_light") },
            { value: "dark", label: t("theme_dark") },
          ]}
          onChange={(theme) => {
            void changeLook({ theme });
            keep({ theme });
          }}
        />
        <SegmentedField
          label={t("density")}
          showLabel
          value={look.density}
          options={[
            { value: "compact", label: t("density_compact") },
            { value: "standard", label: t("density_standard") },
            { value: "roomy", label: t("density_roomy") },
          ]}
          onChange={(density) => void changeLook({ density })}
        />
      </Row>
    </Panel>
  );
}

function Side({ me }: { me: Me }) {
  const t = useT("me");
  return (
    <>
      <Panel title={t("projects")}>
        {me.memberships.length === 0 ? <p className="muted">{t("noProjects")}</p> : null}
        <Stack gap={8}>
          {me.memberships.map((one) => (
            <Row key={one.project} justify="between">
              <Link to="/p/$project" params={{ project: one.project }} className="ellipsis">
                {one.project_name}
              </Link>
              <Badge>{t(`role_${one.role}`)}</Badge>
            </Row>
          ))}
        </Stack>
      </Panel>
      {me.is_admin ? (
        <Panel title={t("admin")}>
          <Stack gap={12}>
            <p className="muted small">{t("adminText")}</p>
            <AnchorButton href="/admin/">{t("openAdmin")}</AnchorButton>
          </Stack>
        </Panel>
      ) : null}
    </>
  );
}
