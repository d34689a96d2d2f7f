import { readFileSync } from "node:fs";
import type { Api } from "./api";
import { archiveOf, mislabeled, UNLABELED } from "./archive";
import { type Kinds, seedKinds } from "./kinds";
import { answeredTogether, differingIn } from "./together";

export interface LabelClass {
  id: string;
  name: string;
}

/** One project with everything in it, so that every page has something to show. */
export interface Seed extends Kinds {
  project: string;
  dataset: string;
  sample: string;
  importJob: string;
  version: string;
  second: string;
  run: string;
  model: string;
  modelVersion: string;
  endpoint: string;
  campaign: string;
  boxes: string;
  boxesDataset: string;
  /** Two people have answered it and differ in one of its samples. */
  together: string;
  togetherPeople: readonly string[];
}

export const SEED_NAME = "Six subjects";
export type NewClass = { name: string; name_zh: string };
export const CLASSES: readonly NewClass[] = [
  { name: "cat", name_zh: "猫" },
  { name: "coffee", name_zh: "咖啡" },
  { name: "flower", name_zh: "花" },
  { name: "galaxies", name_zh: "星系" },
  { name: "palace", name_zh: "宫殿" },
  { name: "rocket", name_zh: "火箭" },
];
const SPLIT = { strategy: "stratified", train: 0.7, val: 0.15, test: 0.15, seed: 1 };

interface Made {
  id: string;
}

/** A data set of boxes over the photos that come with the studio, and an open labeling task on it. */
export async function seedBoxes(
  api: Api,
  project: string,
  name: string,
  classes: readonly NewClass[] = CLASSES.slice(0, 4),
): Promise<Made & { dataset: string }> {
  const dataset = await api.post<Made>("datasets/", {
    project,
    name,
    modality: "image",
    task: "object_detection",
    label_schema: { classes },
  });
  await api.import(dataset.id, readFileSync(UNLABELED));
  const campaign = await api.post<Made>("campaigns/", {
    dataset: dataset.id,
    name,
    selection: { filter: "all" },
    assignees: [],
    review: { rate: 1 },
    guideline: `# ${name}\n\n- **cat**, coffee\n- flower`,
  });
  return { id: campaign.id, dataset: dataset.id };
}

async function seedModel(api: Api, project: string, dataset: string) {
  const frozen = await api.post<{ job: Made }>(`datasets/${dataset}/versions/`, { name: "v1", split: SPLIT });
  const version = String((await api.done(frozen.job.id)).result?.id);
  const started = await api.post<{ id: string; job: Made }>("runs/", {
    project,
    dataset_version: version,
    algorithm: "auto",
    profile: "fast",
    seed: 1,
    name: "first",
  });
  await api.done(started.job.id);
  const run = await api.get<{ model_version: string }>(`runs/${started.id}/`);
  const { model } = await api.get<{ model: string }>(`model-versions/${run.model_version}/`);
  return { version, run: started.id, modelVersion: run.model_version, model };
}

/** A task that two people have answered, with one conflict in it. */
async function seedTogether(api: Api, project: string, dataset: string) {
  const { label_schema } = await api.get<{ label_schema: { classes: LabelClass[] } }>(`datasets/${dataset}/`);
  const [first, second] = label_schema.classes;
  const asked = { project, dataset, name: "Together", people: 2, samples: 3 };
  const url = process.env.STUDIO_E2E_URL ?? "";
  return answeredTogether(api, url, asked, differingIn([first?.id ?? "", second?.id ?? ""], 2, [1]));
}

/** A guideline of two versions. */
async function seedGuideline(api: Api, campaign: string): Promise<void> {
  const path = `campaigns/${campaign}/guideline/`;
  const { newest } = await api.get<{ newest: number }>(path);
  const written = await api.put<{ newest: number }>(path, { base: newest, text: "# Boxes", examples: [] });
  await api.put(path, { base: written.newest, text: "# Boxes\n\n- **cat**", examples: [] });
}

/** Everything through the public API. */
export async function seed(api: Api): Promise<Seed> {
  const project = await api.post<Made>("projects/", { name: SEED_NAME });
  const dataset = await api.post<Made>("datasets/", {
    project: project.id,
    name: SEED_NAME,
    modality: "image",
    task: "image_classification",
    label_schema: { classes: CLASSES },
  });
  const counts = Object.fromEntries(CLASSES.map(({ name }) => [name, 12]));
  const imported = await api.import(dataset.id, archiveOf(counts));
  await api.import(dataset.id, mislabeled("cat", ["rocket", "palace"], 4));
  const made = await seedModel(api, project.id, dataset.id);
  const endpoint = await api.post<Made>("endpoints/", {
    project: project.id,
    name: `six-${Date.now()}`,
    routes: [{ model_version: made.modelVersion, weight: 100 }],
  });
  const campaign = await api.post<Made>("campaigns/", {
    dataset: dataset.id,
    name: SEED_NAME,
    selection: { filter: "all" },
    assignees: [],
  });
  const boxes = await seedBoxes(api, project.id, "Boxes");
  const together = await seedTogether(api, project.id, boxes.dataset);
  await seedGuideline(api, together.campaign);
  const kinds = await seedKinds(api, project.id, CLASSES.slice(0, 4));
  for (const analyzed of [dataset.id, kinds.texts, kinds.sounds]) {
    const analysis = await api.post<{ job: Made }>(`datasets/${analyzed}/embeddings/`, {});
    await api.done(analysis.job.id);
  }
  const again = await api.post<{ job: Made }>(`datasets/${dataset.id}/versions/`, {
    name: "v2",
    split: { ...SPLIT, seed: 2 },
  });
  const second = String((await api.done(again.job.id)).result?.id);
  const samples = await api.get<{ results: Made[] }>(`datasets/${dataset.id}/samples/?limit=1`);
  return {
    ...made,
    ...kinds,
    second,
    project: project.id,
    dataset: dataset.id,
    sample: samples.results[0]?.id ?? "",
    importJob: imported.id,
    endpoint: endpoint.id,
    campaign: campaign.id,
    boxes: boxes.id,
    boxesDataset: boxes.dataset,
    together: together.campaign,
    togetherPeople: together.people,
  };
}
