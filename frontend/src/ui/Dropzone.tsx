import { IconUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useT } from "@/i18n";
import { Button } from "./Button";
import { cx } from "./cx";
import styles from "./Dropzone.module.css";

export interface DropzoneProps {
  onFiles: (files: File[]) => void;
  accept?: string;
  multiple?: boolean;
  title?: string;
  hint?: ReactNode;
  disabled?: boolean;
}

/** A place to drop files, with a button that opens the file chooser. */
export function Dropzone({ onFiles, accept, multiple, title, hint, disabled }: DropzoneProps) {
  const t = useT("ui");
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0 && !disabled) onFiles(multiple ? files : files.slice(0, 1));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the button inside does the same by keyboard
    <div
      className={cx(styles.zone, over && styles.over)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <IconUpload size={24} stroke={1.6} className="muted" aria-hidden />
      <strong>{title ?? t("dropHere")}</strong>
      {hint ? <span className="muted small">{hint}</span> : null}
      <Button onClick={() => input.current?.click()} disabled={disabled}>
        {t("chooseFiles")}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        multiple={multiple ?? false}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </div>
  );
}
