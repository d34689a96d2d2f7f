import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { AppError } from "@/api/errors";
import { changeProject, deleteProject } from "@/api/people";
import { projectQuery } from "@/api/projects";
import type { Project } from "@/api/types";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { Failure, QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import {
  Button,
  ConfirmDialog,
  Page,
  PageHeader,
  Panel,
  Row,
  Stack,
  TextareaField,
  TextField,
  toast,
} from "@/ui";
import { DatasetsPanel } from "./DatasetsPanel";

export function SettingsPage() {
  const t = useT("projects");
  const query = useQuery(projectQuery(useProjectId()));
  const mayManage = useMay("manage_project");
  if (!mayManage) return <Failure error={new AppError({ code: "forbidden", status: 403, detail: "" })} />;
  return (
    <Page>
      <PageHeader title={t("settings")} description={t("settingsText")} />
      <QueryState query={query}>
        {(project) => (
          <Stack>
            <Names key={project.id} project={project} />
            <DatasetsPanel project={project.id} />
            <Danger project={project} />
          </Stack>
        )}
      </QueryState>
    </Page>
  );
}

function Names({ project }: { project: Project }) {
  const t = useT("projects");
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description);
  const isSame = name === project.name && description === project.description;
  const save = async () => {
    if (await act(() => changeProject(project.id, { name, description }))) toast(t("saved"));
  };
  return (
    <Panel>
      <Stack gap={12}>
        <TextField label={t("name")} value={name} onChange={setName} required />
        <TextareaField
          label={t("description")}
          hint={t("descriptionHint")}
          value={description}
          onChange={setDescription}
          rows={3}
        />
        <Row justify="end">
          <Button variant="primary" disabled={isSame || name.trim() === ""} onClick={save}>
            {t("save")}
          </Button>
        </Row>
      </Stack>
    </Panel>
  );
}

function Danger({ project }: { project: Project }) {
  const t = useT("projects");
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    if (!(await act(() => deleteProject(project.id)))) return;
    toast(t("deleted", { name: project.name }));
    await navigate({ to: "/projects" });
  };
  return (
    <Panel title={t("deleteProject")}>
      <Row justify="between" gap={16} wrap>
        <p className="muted">{t("dangerText")}</p>
        <Button variant="danger" onClick={() => setAsking(true)}>
          {t("deleteDo")}
        </Button>
      </Row>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={remove}
        title={t("deleteTitle", { name: project.name })}
        confirm={t("deleteDo")}
      >
        {t("deleteText")}
      </ConfirmDialog>
    </Panel>
  );
}
