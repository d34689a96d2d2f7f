import { IconArrowsMaximize, IconPointer, IconSquarePlus2 } from "@tabler/icons-react";
import type { BoxEditor, ToolName } from "@/annotator/editor";
import { useT } from "@/i18n";
import { IconButton, Kbd } from "@/ui";
import styles from "./annotate.module.css";

/** The two tools and the fit, at the stage's quiet corner. */
export function BoxTools({ editor, tool }: { editor: BoxEditor; tool: ToolName }) {
  const t = useT("annotate");
  return (
    <div className={styles.tools} role="toolbar" aria-orientation="vertical" aria-label={t("title")}>
      <IconButton
        label={t("toolSelect")}
        hint={<Kbd>V</Kbd>}
        active={tool === "select"}
        onClick={() => editor.setTool("select")}
      >
        <IconPointer size={18} stroke={1.6} />
      </IconButton>
      <IconButton
        label={t("toolBox")}
        hint={<Kbd>B</Kbd>}
        active={tool === "box"}
        onClick={() => editor.setTool("box")}
      >
        <IconSquarePlus2 size={18} stroke={1.6} />
      </IconButton>
      <IconButton label={t("fit")} hint={<Kbd>F</Kbd>} onClick={() => editor.view.fit()}>
        <IconArrowsMaximize size={18} stroke={1.6} />
      </IconButton>
    </div>
  );
}
