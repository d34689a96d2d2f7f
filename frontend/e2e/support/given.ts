import type { Api } from "./api";
import { CITIES, COLUMNS, MOODS, NAMED, NAMES, SENTENCES, TONES } from "./kinds";
import { CLASSES } from "./seed";

/** Names and texts that the seed gave; they are the same in every language. */
export const GIVEN = [
  "Six subjects",
  "Boxes",
  "Reviews",
  "Letters",
  "Customers",
  "Outlines",
  "Tones",
  "Scenes",
  "Together",
  "first",
  "Handed out",
  "true",
  "false",
  "admin",
  "v1",
  "v2",
  "Rockets again",
  NAMED,
  "Ada Lovelace",
  "Charles Babbage",
  "London",
  ...SENTENCES,
  ...COLUMNS,
  ...CITIES,
  ...[...CLASSES, ...MOODS, ...NAMES, ...TONES].flatMap(({ name, name_zh }) => [name, name_zh]),
];

/** What journeys called their data sets and projects so far: pages that list everything show these names. */
export async function namedSoFar(api: Api): Promise<string[]> {
  const names: string[] = [];
  for (const path of ["datasets/?limit=100", "projects/?limit=100"])
    for (let next: string | null = path; next; ) {
      const page: NamedPage = await api.get(next);
      names.push(...page.results.map(({ name }) => name));
      next = page.next && path.replace("?", `${new URL(page.next, "http://studio").search}&`);
    }
  return names;
}

interface NamedPage {
  results: { name: string }[];
  next: string | null;
}

/** Files, people and endpoints carry numbers, archives an ending; each journey names its project by a word and its language. */
export const NUMBERED =
  /(?:[a-z]+\/)?[a-z]+-\d+(?:\.(?:jpg|wav))?|\b[a-z]+\.(?:zip|jsonl|csv)\b|\b[A-Z][A-Za-z]*\d? (?:en|zh-Hans)(?: (?:\d+|[a-z]+_[a-z]+|keypoints|rows|texts|sounds))?|(?:Balanced|Fast|Accurate|均衡|快速|精准) · v\d+/g;
