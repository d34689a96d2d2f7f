import {
  IconArrowsMaximize,
  IconBrush,
  IconEraser,
  IconMan,
  IconPointer,
  IconPolygon,
  IconRotateRectangle,
  IconSquarePlus2,
  IconTimeline,
  IconWand,
} from "@tabler/icons-react";
import type { ComponentType } from "react";
import type { BoxEditor, ToolName } from "@/annotator/editor";
import { useT } from "@/i18n";
import { IconButton, Kbd } from "@/ui";
import styles from "./annotate.module.css";

interface Tool {
  readonly key: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number }>;
}

const LOOK: Partial<Record<ToolName, Tool>> = {
  select: { key: "V", icon: IconPointer },
  box: { key: "B", icon: IconSquarePlus2 },
  rotated: { key: "R", icon: IconRotateRectangle },
  polygon: { key: "P", icon: IconPolygon },
  polyline: { key: "N", icon: IconTimeline },
  keypoints: { key: "K", icon: IconMan },
  brush: { key: "M", icon: IconBrush },
  eraser: { key: "E", icon: IconEraser },
  magic: { key: "Q", icon: IconWand },
};

/** The tools of the task and the fit, at the stage's quiet corner. */
export function BoxTools({ editor, tool }: { editor: BoxEditor; tool: ToolName }) {
  const t = useT("annotate");
  const offered: readonly ToolName[] = ["select", ...editor.tools];
  return (
    <div className={styles.tools} role="toolbar" aria-orientation="vertical" aria-label={t("title")}>
      {offered.map((name) => {
        const look = LOOK[name];
        if (!look) return null;
        return (
          <IconButton
            key={name}
            label={t(`tool_${name}` as "tool_select")}
            hint={<Kbd>{look.key}</Kbd>}
            active={tool === name}
            onClick={() => tool !== name && editor.setTool(name)}
          >
            <look.icon size={18} stroke={1.6} />
          </IconButton>
        );
      })}
      <IconButton label={t("fit")} hint={<Kbd>F</Kbd>} onClick={() => editor.view.fit()}>
        <IconArrowsMaximize size={18} stroke={1.6} />
      </IconButton>
    </div>
  );
}
