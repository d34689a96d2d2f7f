import type { TaskType } from "./types";

/** What a data set may be labeled for, in the order it is offered. */
export const TASKS = [
  "image_classification",
  "object_detection",
  "instance_segmentation",
  "semantic_segmentation",
  "keypoints",
] as const satisfies readonly TaskType[];

/** Whether the labels of a task have places in the picture. */
export const hasPlaces = (task: TaskType): boolean => task !== "image_classification";
