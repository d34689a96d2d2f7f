import type { Api } from "./api";
import { photos } from "./archive";
import { zip } from "./pictures";
import { wav } from "./sounds";

interface Made {
  id: string;
}

/** One data set of every kind of sample and label that is not a class or a box of a picture. */
export interface Kinds {
  texts: string;
  text: string;
  entities: string;
  entity: string;
  table: string;
  outlines: string;
  outline: string;
  outlining: string;
  sounds: string;
  sound: string;
  tagged: string;
  tagging: string;
  marking: string;
  hearing: string;
  textsImport: string;
  soundsImport: string;
  tableImport: string;
  /** The newest version of each, and an older one of the table. */
  textsVersion: string;
  soundsVersion: string;
  tableVersion: string;
  tableBefore: string;
}

/** What the seed's texts say; it is the same in every language. */
export const SENTENCES = [
  "The battery lasts two days and charges fast.",
  "Broke after a week, nobody answers the mail.",
  "屏幕很清楚，声音也不错。",
  "包装破损，客服不回复。",
  "Does what it says.",
  "Far too loud at night.",
] as const;
/** A text with two names in it. */
export const NAMED = "Ada Lovelace, Charles Babbage, London.";
export const MOODS = [
  { name: "good", name_zh: "好评" },
  { name: "bad", name_zh: "差评" },
] as const;
export const NAMES = [
  { name: "person", name_zh: "人物" },
  { name: "place", name_zh: "地点" },
] as const;
export const TONES = [
  { name: "low", name_zh: "低音" },
  { name: "high", name_zh: "高音" },
] as const;
/** Columns of the seed's table and the words in them. */
export const COLUMNS = ["age", "city", "price", "leaves"] as const;
export const CITIES = ["Oslo", "Paris", "Lima"] as const;

const TABLE_ROWS = 240;

function reviews(): Buffer {
  const rows = Array.from({ length: 60 }, (_, index) => {
    const sentence = SENTENCES[index % SENTENCES.length] ?? "";
    const { name } = MOODS[index % 2] ?? MOODS[0];
    return JSON.stringify({ name: `r-${index}`, text: `${sentence} ${index}`, label: name });
  });
  return Buffer.from(rows.join("\n"));
}

function named(): Buffer {
  const spans = [
    { start: 0, end: 12, label: "person" },
    { start: 14, end: 29, label: "person" },
    { start: 31, end: 37, label: "place" },
  ];
  const rows = Array.from({ length: 12 }, (_, index) =>
    JSON.stringify({ name: `n-${index}`, text: `${NAMED} ${index}`, spans }),
  );
  return Buffer.from(rows.join("\n"));
}

function table(): Buffer {
  const rows = Array.from({ length: TABLE_ROWS }, (_, index) => {
    const price = index % 9 === 0 ? "" : ((index * 37) % 400) / 4;
    const city = CITIES[index % CITIES.length];
    return [20 + (index % 50), city, price, index % 5 === 0 ? "yes" : "no"].join(",");
  });
  return Buffer.from([COLUMNS.join(","), ...rows].join("\n"));
}

/** An archive of tones in folders by their class. */
export function sounds(): Buffer {
  const files = Array.from({ length: 24 }, (_, index) => ({
    name: `${TONES[index % 2]?.name}/t-${index}.wav`,
    bytes: wav(200 + 60 * index),
  }));
  return zip(files);
}

/** Photos with a table of several classes each. */
function tags(classes: readonly string[]): Buffer {
  const files = photos().slice(0, 12);
  const rows = files.map((_, index) => {
    const several = [classes[index % classes.length], classes[(index + 1) % classes.length]];
    return `photo-${index}.jpg,${several.join("|")}`;
  });
  return zip([
    { name: "tags.csv", bytes: Buffer.from(["file,label", ...rows].join("\n")) },
    ...files.map(({ bytes }, index) => ({ name: `photo-${index}.jpg`, bytes })),
  ]);
}

/** Photos with a COCO file of two objects in each: outlines, or boxes only. */
export function coco(count: number, classes: readonly string[], isOutlined = true): Buffer {
  const files = photos().slice(0, count);
  const images = files.map((_, index) => ({
    id: index + 1,
    file_name: `photo-${index}.jpg`,
    width: 192,
    height: 192,
  }));
  const object = (image: number, at: number, bbox: number[], outline: number[]) => ({
    id: image * 2 + at,
    image_id: image,
    category_id: 1 + ((image + at) % classes.length),
    bbox,
    area: 4200,
    iscrowd: 0,
    ...(isOutlined ? { segmentation: [outline] } : {}),
  });
  const annotations = images.flatMap(({ id }) => [
    object(id, 0, [20, 20, 90, 70], [20, 20, 110, 30, 90, 90, 30, 80]),
    object(id, 1, [120, 100, 60, 70], [120, 100, 180, 105, 175, 170, 125, 165]),
  ]);
  const categories = classes.map((name, index) => ({ id: index + 1, name }));
  return zip([
    { name: "annotations.json", bytes: Buffer.from(JSON.stringify({ images, annotations, categories })) },
    ...files.map(({ bytes }, index) => ({ name: `images/photo-${index}.jpg`, bytes })),
  ]);
}

async function made(
  api: Api,
  project: string,
  [name, modality, task]: readonly [name: string, modality: string, task: string],
  classes: readonly { name: string }[],
): Promise<string> {
  const body = { project, name, modality, task, label_schema: { classes } };
  return (await api.post<Made>("datasets/", body)).id;
}

const firstOf = async (api: Api, dataset: string): Promise<string> =>
  (await api.get<{ results: Made[] }>(`datasets/${dataset}/samples/?limit=1`)).results[0]?.id ?? "";

const SPLIT = { strategy: "random", train: 0.7, val: 0.15, test: 0.15, seed: 1 };

async function frozen(api: Api, dataset: string, name: string): Promise<string> {
  const { job } = await api.post<{ job: Made }>(`datasets/${dataset}/versions/`, { name, split: SPLIT });
  return String((await api.done(job.id)).result?.id);
}

/** The table loses a column's cells after its first version, so that its checks tell of a drift. */
async function tableGrown(api: Api, rows: string): Promise<{ tableBefore: string; tableVersion: string }> {
  const tableBefore = await frozen(api, rows, "v1");
  const chosen = JSON.stringify([{ column: COLUMNS.indexOf("age"), op: "lt", value: 40 }]);
  const params = { rows: chosen, column: "price", value: "", empty: true };
  const recipe = { version: 1, steps: [{ op: "set_cells", params }] };
  const { job } = await api.post<{ job: Made }>(`datasets/${rows}/cleanings/`, { recipe });
  await api.done(job.id);
  const tableVersion = await frozen(api, rows, "v2");
  const checks = await api.post<{ job: Made }>(`datasets/${rows}/quality-checks/`, { against: tableBefore });
  await api.done(checks.job.id);
  return { tableBefore, tableVersion };
}

/** An open task about all of a data set, for everybody. */
async function handedOut(api: Api, dataset: string, name: string): Promise<string> {
  const asked = { dataset, name, selection: { filter: "all" }, assignees: [] };
  return (await api.post<Made>("campaigns/", asked)).id;
}

/** Texts with a class, texts with names in them, a table and outlines, in this project. */
export async function seedKinds(
  api: Api,
  project: string,
  classes: readonly { name: string; name_zh: string }[],
): Promise<Kinds> {
  const texts = await made(api, project, ["Reviews", "text", "text_classification"], MOODS);
  const textsImport = await api.import(texts, reviews(), "reviews.jsonl");
  const entities = await made(api, project, ["Letters", "text", "ner"], NAMES);
  await api.import(entities, named(), "letters.jsonl");
  const rows = await made(api, project, ["Customers", "tabular", "tabular_classification"], []);
  const tableImport = await api.import(rows, table(), "customers.csv");
  await api.patch(`datasets/${rows}/table/`, { target: COLUMNS.indexOf("leaves") });
  const outlines = await made(api, project, ["Outlines", "image", "instance_segmentation"], classes);
  const names = classes.map(({ name }) => name);
  await api.import(outlines, coco(12, names), "outlines.zip");
  const campaign = await handedOut(api, outlines, "Outlines");
  const heard = await made(api, project, ["Tones", "audio", "audio_classification"], TONES);
  const soundsImport = await api.import(heard, sounds(), "tones.zip");
  const tagged = await made(api, project, ["Scenes", "image", "image_multilabel"], classes);
  await api.import(tagged, tags(names), "scenes.zip");
  const tagging = await handedOut(api, tagged, "Scenes");
  const marking = await handedOut(api, entities, "Letters");
  const hearing = await handedOut(api, heard, "Tones");
  for (const dataset of [texts, entities, rows, outlines, heard, tagged]) {
    const { job } = await api.post<{ job: Made }>(`datasets/${dataset}/quality-checks/`, {});
    await api.done(job.id);
  }
  const versions = await tableGrown(api, rows);
  const textsVersion = await frozen(api, texts, "v1");
  const soundsVersion = await frozen(api, heard, "v1");
  return {
    ...versions,
    textsVersion,
    soundsVersion,
    texts,
    text: await firstOf(api, texts),
    entities,
    entity: await firstOf(api, entities),
    table: rows,
    outlines,
    outline: await firstOf(api, outlines),
    outlining: campaign,
    sounds: heard,
    sound: await firstOf(api, heard),
    tagged,
    tagging,
    marking,
    hearing,
    textsImport: textsImport.id,
    soundsImport: soundsImport.id,
    tableImport: tableImport.id,
  };
}
