import type { BoxEditor } from "@/annotator/editor";
import { screenPoint } from "@/annotator/geometry";
import { useHotkeys } from "@/hotkeys/scope";
import { isOnControl } from "./onControl";

/** The keys of the canvas itself, the same for labeling and review. */
export function useBoxKeys(
  editor: BoxEditor | null,
  enabled: boolean,
  copyPrevious?: () => void,
  toggleFill?: () => void,
): void {
  const zoom = (factor: number) => {
    const { width, height } = editor?.view.canvas ?? { width: 0, height: 0 };
    editor?.view.zoom(screenPoint(width / 2, height / 2), factor);
  };
  useHotkeys(
    "boxes",
    {
      toolSelect: () => editor?.setTool("select"),
      fit: () => editor?.view.fit(),
      zoomSelection: () => editor?.zoomToSelection(),
      zoomIn: () => zoom(1.25),
      zoomOut: () => zoom(0.8),
      nextObject: (event) => !isOnControl(event) && (editor?.walk(1) ?? false),
      previousObject: (event) => !isOnControl(event) && (editor?.walk(-1) ?? false),
      nudgeLeft: () => editor?.nudge(-1, 0),
      nudgeRight: () => editor?.nudge(1, 0),
      nudgeUp: () => editor?.nudge(0, -1),
      nudgeDown: () => editor?.nudge(0, 1),
      nudgeLeft10: () => editor?.nudge(-10, 0),
      nudgeRight10: () => editor?.nudge(10, 0),
      nudgeUp10: () => editor?.nudge(0, -10),
      nudgeDown10: () => editor?.nudge(0, 10),
      delete: () => editor?.remove(),
      copy: () => editor?.copy(),
      paste: () => editor?.paste(),
      selectAll: () => editor?.selectAll(),
      hideOthers: () => editor?.toggleHidden(),
      lock: () => editor?.toggleLocked(),
      stepBack: () => editor?.stepBack(),
      ...(copyPrevious ? { copyPrevious } : {}),
      ...(toggleFill ? { opacity: toggleFill } : {}),
    },
    enabled,
  );
}
