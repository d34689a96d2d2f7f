import type { Api } from "./api";

interface Made {
  id: string;
}

/** How many rows `tableCsv` has. */
export const ROWS = 60;

type Class = string | { name: string; attributes: readonly Readonly<Record<string, unknown>>[] };

/** A project with one data set of a task about tables, texts or recordings; classes are names, or ask something. */
export async function makeDataset(
  api: Api,
  name: string,
  task: string,
  classes: readonly Class[] = [],
  relations?: readonly Readonly<Record<string, unknown>>[],
) {
  const project = await api.post<Made>("projects/", { name });
  const dataset = await api.post<Made>("datasets/", {
    project: project.id,
    name,
    modality: /^(tabular|audio)_/.exec(task)?.[1] ?? "text",
    task,
    label_schema: {
      classes: classes.map((one) => (typeof one === "string" ? { name: one } : one)),
      ...(relations ? { relations } : {}),
    },
  });
  return { project: project.id, dataset: dataset.id };
}

/** Three columns; in `size` every fourth cell is missing. */
export function tableCsv(): Buffer {
  const rows = Array.from({ length: ROWS }, (_, at) => `p${at},${at % 4 === 0 ? "" : at},${"ab"[at % 2]}`);
  return Buffer.from(["who,size,leaves", ...rows].join("\n"));
}
