import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type AppError, asAppError } from "@/api/errors";
import { createProject } from "@/api/people";
import { TASKS } from "@/api/tasks";
import type { TaskType } from "@/api/types";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Button, ChoiceCards, Page, PageHeader, Panel, Row, Stack, TextareaField, TextField } from "@/ui";
import styles from "./projects.module.css";

const TEMPLATES = TASKS;

export function ProjectNewPage() {
  const t = useT("projects");
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [template, setTemplate] = useState<TaskType>("image_classification");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const project = await createProject({ name: name.trim(), description: description.trim(), template });
      await navigate({ to: "/p/$project/data/import", params: { project: project.id } });
    } catch (caught) {
      setError(asAppError(caught));
      setBusy(false);
    }
  };
  return (
    <Page>
      <PageHeader title={t("newTitle")} description={t("subtitle")} />
      <form onSubmit={submit} className={styles.form}>
        <Panel>
          <Stack gap={16}>
            <TextField
              label={t("name")}
              name="name"
              value={name}
              onChange={setName}
              placeholder={t("namePlaceholder")}
              autoFocus
              required
              error={error?.fields.name}
            />
            <TextareaField
              label={t("description")}
              name="description"
              hint={t("descriptionHint")}
              value={description}
              onChange={setDescription}
              rows={2}
              error={error?.fields.description}
            />
            <ChoiceCards
              legend={t("template")}
              name="template"
              value={template}
              onChange={setTemplate}
              choices={TEMPLATES.map((value) => ({
                value,
                title: t(`task_${value}`),
                text: t(`taskText_${value}`),
              }))}
            />
            {error ? (
              <p role="alert" className={styles.problems}>
                {errorText(error)}
              </p>
            ) : null}
            <Row justify="end">
              <Button type="submit" variant="primary" loading={busy} disabled={name.trim() === ""}>
                {t("create")}
              </Button>
            </Row>
          </Stack>
        </Panel>
      </form>
    </Page>
  );
}
