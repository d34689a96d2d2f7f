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

/** Files, people and endpoints carry numbers, archives an ending; each journey names its project by a word and its language. */
export const NUMBERED =
  /(?:[a-z]+\/)?[a-z]+-\d+(?:\.(?:jpg|wav))?|\b[a-z]+\.(?:zip|jsonl|csv)\b|\b[A-Z][A-Za-z]*\d? (?:en|zh-Hans)(?: (?:\d+|[a-z]+_[a-z]+|keypoints|rows|texts|sounds))?(?: again)?|(?:Balanced|Fast|Accurate|均衡|快速|精准) · v\d+/g;
