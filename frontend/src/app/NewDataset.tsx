import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createDataset } from "@/api/people";
import { projectQuery } from "@/api/projects";
import { TASKS } from "@/api/tasks";
import type { Dataset, TaskType } from "@/api/types";
import { useT } from "@/i18n";
import { Button, Dialog, SelectField, Stack, TextField } from "@/ui";
import { act } from "./act";
import { useProjectId } from "./inProject";

/** Begin another data set of the project: its name, and what shall be said about a sample. */
export function NewDataset({ onClose, onMade }: { onClose: () => void; onMade: (dataset: Dataset) => void }) {
  const t = useT("data");
  const project = useProjectId();
  const [name, setName] = useState("");
  const known = useQuery(projectQuery(project)).data;
  const [chosen, setTask] = useState<TaskType | null>(null);
  const task = chosen ?? TASKS.find((one) => one === known?.template) ?? "image_classification";
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    const isDone = await act(async () => onMade(await createDataset(project, name.trim(), task)));
    if (!isDone) setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("newDataset")}
      footer={
        <Button variant="primary" loading={busy} disabled={name.trim() === ""} onClick={make}>
          {t("createDataset")}
        </Button>
      }
    >
      <Stack gap={16}>
        <TextField label={t("datasetName")} value={name} onChange={setName} autoFocus required />
        <SelectField
          label={t("datasetTask")}
          hint={t(`taskText_${task}`)}
          value={task}
          options={TASKS.map((value) => ({ value, label: t(`task_${value}`) }))}
          onChange={(value) => value && setTask(value)}
        />
      </Stack>
    </Dialog>
  );
}
