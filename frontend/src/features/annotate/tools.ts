import type { ToolName } from "@/annotator/editor";
import type { TaskType } from "@/api/types";

const AREAS: readonly ToolName[] = ["polygon", "brush", "eraser", "polyline", "magic"];

const TOOLS: Partial<Record<TaskType, readonly ToolName[]>> = {
  object_detection: ["box", "rotated"],
  instance_segmentation: AREAS,
  semantic_segmentation: AREAS,
  keypoints: ["keypoints", "box"],
};

const NONE: readonly ToolName[] = [];

/** What a task's people draw with, the tool that is armed at the start first; nothing where classes are chosen. */
export const toolsOf = (task: TaskType, mayDraw = true): readonly ToolName[] =>
  (mayDraw && TOOLS[task]) || NONE;
