import type { TaskType } from "./types";

/** What a data set may be labeled for, in the order it is offered. */
export const TASKS = [
  "image_classification",
  "image_multilabel",
  "object_detection",
  "instance_segmentation",
  "semantic_segmentation",
  "keypoints",
  "text_classification",
  "text_multilabel",
  "ner",
  "tabular_classification",
  "tabular_regression",
  "audio_classification",
  "audio_events",
] as const satisfies readonly TaskType[];

/** What one sample of a task is. */
export function modalityOf(task: TaskType): "image" | "text" | "tabular" | "audio" {
  if (task.startsWith("tabular_")) return "tabular";
  if (task.startsWith("audio_")) return "audio";
  return task === "ner" || task.startsWith("text_") ? "text" : "image";
}

/** Whether a sample of a task has one class that says all of it. */
export const hasOneClass = (task: TaskType): boolean =>
  ["image_classification", "text_classification", "audio_classification"].includes(task);

/** Whether a sample of a task is of any number of classes, which come and go one by one. */
export const hasClassSet = (task: TaskType): boolean => task.endsWith("_multilabel");

/** Whether samples of a kind are handed out to people; rows of a table are not. */
export const canBeHandedOut = ({ modality }: { modality: string }): boolean => modality !== "tabular";

/** Whether the labels of a task are stretches of a text. */
export const hasSpans = (task: TaskType): boolean => task === "ner";

/** Whether the labels of a task are stretches of a recording. */
export const hasRegions = (task: TaskType): boolean => task === "audio_events";

/** Whether the labels of a task have places in the picture. */
export const hasPlaces = (task: TaskType): boolean =>
  modalityOf(task) === "image" && !hasOneClass(task) && !hasClassSet(task);
