import { filled, simpler, turnedOver } from "@/annotator/commands";
import type { BoxEditor } from "@/annotator/editor";
import { useHotkeys } from "@/hotkeys/scope";

/** What can be done with the selected form; keys and buttons call the same. */
export function shapeCommands(editor: BoxEditor | null) {
  const image = () => editor?.view.image ?? { width: 1, height: 1 };
  return {
    hole: () => editor?.cut("hole"),
    split: () => editor?.cut("split"),
    merge: () => join(editor, "merge"),
    cutOverlap: () => join(editor, "cutOverlap"),
    fillHoles: () => editor?.alter((shape) => filled(shape, image())),
    simplify: () => editor?.alter((shape) => simpler(shape, image())),
    turnOver: () => editor?.takeMagic("polygon") || editor?.alter((shape) => turnedOver(shape, image())),
    corners: () => editor?.toggleCorners(),
    turnLeft: () => editor?.turn(-1),
    turnRight: () => editor?.turn(1),
    pointAbsent: () => editor?.see(0),
    pointHidden: () => editor?.see(1),
    pointSeen: () => editor?.see(2),
    brushSmaller: () => editor?.setBrush(-1),
    brushLarger: () => editor?.setBrush(1),
  };
}

/** What needs the exact arithmetic of areas, which is fetched when it is first asked for. */
function join(editor: BoxEditor | null, what: "merge" | "cutOverlap"): void {
  if (editor && !editor.readOnly) void import("@/annotator/joining").then((joining) => joining[what](editor));
}

/** The keys of drawing and of what is drawn. */
export function useShapeKeys(editor: BoxEditor | null, enabled: boolean): void {
  useHotkeys(
    "draw",
    {
      toolBox: () => editor?.setTool("box"),
      toolRotated: () => editor?.setTool("rotated"),
      toolPolygon: () => editor?.setTool("polygon"),
      toolPolyline: () => editor?.setTool("polyline"),
      toolKeypoints: () => editor?.setTool("keypoints"),
      toolBrush: () => editor?.setTool("brush"),
      toolEraser: () => editor?.setTool("eraser"),
      toolMagic: () => editor?.setTool("magic"),
      ...shapeCommands(editor),
    },
    enabled,
  );
}
