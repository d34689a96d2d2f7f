import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { meQuery } from "@/api/auth";
import { createEndpoint, deployVersion, type Endpoint, endpointsPages } from "@/api/endpoints";
import { AppError, asAppError } from "@/api/errors";
import { modelQuery, modelVersionQuery } from "@/api/models";
import { rowsOf } from "@/api/query";
import type { MembershipOfMe } from "@/api/types";
import { act } from "@/app/act";
import { errorText } from "@/app/errorText";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Button, Page, PageHeader, Panel, Row, SelectField, Stack, TextField, toast } from "@/ui";
import { EndpointState } from "./EndpointState";
import styles from "./endpoints.module.css";
import { VersionPicker } from "./VersionPicker";
import { SLUG, slugOf } from "./versionNames";

export function EndpointNewPage() {
  const t = useT("endpoints");
  const { project, version } = useSearch({ from: "/app/endpoints/new" });
  const me = useQuery(meQuery).data;
  const places = (me?.memberships ?? []).filter(
    (one) => me?.is_admin || one.permissions.includes("deploy_project"),
  );
  const wanted = useQuery({ ...modelVersionQuery(version ?? ""), enabled: version !== undefined });
  return (
    <Page>
      <PageHeader title={t("newTitle")} description={t("subtitle")} />
      {version ? (
        <QueryState query={wanted}>
          {(found) => <Form places={places} project={project} version={found.id} model={found.model} />}
        </QueryState>
      ) : (
        <Form places={places} project={project} />
      )}
    </Page>
  );
}

interface FormProps {
  places: readonly MembershipOfMe[];
  project: string | undefined;
  version?: string;
  model?: string;
}

function Form({ places, project: first, version: firstVersion, model: firstModel }: FormProps) {
  const t = useT("endpoints");
  const navigate = useNavigate();
  const [project, setProject] = useState(first ?? places[0]?.project ?? "");
  const [version, setVersion] = useState<string | null>(firstVersion ?? null);
  const [model, setModel] = useState(firstModel);
  const [typed, setTyped] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const known = useQuery({ ...modelQuery(model ?? ""), enabled: Boolean(model) }).data;
  const name = typed ?? slugOf(known?.name ?? "");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!version) return;
    setBusy(true);
    try {
      const endpoint = await createEndpoint({
        project,
        name,
        routes: [{ model_version: version, weight: 1 }],
      });
      await navigate({ to: "/endpoints/$endpoint", params: { endpoint: endpoint.id } });
    } catch (caught) {
      setError(asAppError(caught));
      setBusy(false);
    }
  };
  if (places.length === 0) return <Failure error={FORBIDDEN} />;
  return (
    <Stack>
      <form onSubmit={submit} className={styles.form}>
        <Panel>
          <Stack gap={16}>
            {places.length > 1 ? (
              <SelectField
                label={t("project")}
                value={project}
                options={places.map((one) => ({ value: one.project, label: one.project_name }))}
                onChange={(id) => {
                  setProject(id ?? "");
                  setVersion(null);
                  setModel(undefined);
                }}
              />
            ) : null}
            <VersionPicker
              key={project}
              project={project}
              model={model}
              value={version}
              onChange={(found) => {
                setVersion(found?.id ?? null);
                if (found) setModel(found.model);
              }}
            />
            <TextField
              label={t("name")}
              hint={t("nameHint")}
              value={name}
              onChange={setTyped}
              mono
              error={name && !SLUG.test(name) ? t("nameBad") : error?.fields.name}
            />
            {error && !error.fields.name ? <p role="alert">{errorText(error)}</p> : null}
            <Row justify="end">
              <Button type="submit" variant="primary" loading={busy} disabled={!version || !SLUG.test(name)}>
                {t("deploy")}
              </Button>
            </Row>
          </Stack>
        </Panel>
      </form>
      {version ? <Existing project={project} version={version} /> : null}
    </Stack>
  );
}

const FORBIDDEN = new AppError({ code: "forbidden", status: 403, detail: "" });

function Existing({ project, version }: { project: string; version: string }) {
  const t = useT("endpoints");
  const navigate = useNavigate();
  const endpoints = rowsOf(useInfiniteQuery(endpointsPages(project)).data) ?? [];
  const deploy = async (endpoint: Endpoint) => {
    if (!(await act(() => deployVersion(endpoint.id, version, endpoint.revision)))) return;
    toast(t("deployed"), { tone: "ok" });
    await navigate({ to: "/endpoints/$endpoint", params: { endpoint: endpoint.id } });
  };
  if (endpoints.length === 0) return null;
  return (
    <div className={styles.form}>
      <Panel title={t("existing")}>
        <Stack gap={8}>
          {endpoints.map((endpoint) => (
            <Row key={endpoint.id} justify="between">
              <Row gap={12}>
                <strong className="mono">{endpoint.name}</strong>
                <EndpointState endpoint={endpoint} />
              </Row>
              <Button
                size="sm"
                disabled={endpoint.routes[0]?.model_version === version}
                onClick={() => void deploy(endpoint)}
              >
                {endpoint.routes[0]?.model_version === version ? t("sameVersion") : t("deploy")}
              </Button>
            </Row>
          ))}
        </Stack>
      </Panel>
    </div>
  );
}
