import { IconUpload } from "@tabler/icons-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { Button } from "./Button";
import { cx } from "./cx";
import styles from "./Dropzone.module.css";
import { droppedFiles, type PathFile, pickedFiles } from "./pathFiles";

export interface FilesDropProps {
  title: string;
  hint: ReactNode;
  chooseFiles: string;
  chooseFolder: string;
  onReading?: () => void;
  onFiles: (files: PathFile[]) => void;
}

/** Drop files or whole folders, or choose them; every file comes with its path inside the folder. */
export function FilesDrop({ title, hint, chooseFiles, chooseFolder, onReading, onFiles }: FilesDropProps) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const found = droppedFiles(event.dataTransfer);
    onReading?.();
    onFiles(await found);
  };
  const choose = (input: HTMLInputElement) => {
    const picked = pickedFiles(input.files);
    input.value = "";
    if (picked.length > 0) onFiles(picked);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra; the buttons inside do the same by keyboard
    <div
      className={cx(styles.zone, over && styles.over)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <IconUpload size={24} stroke={1.6} className="muted" aria-hidden />
      <strong>{title}</strong>
      <span className="muted small">{hint}</span>
      <span className={styles.buttons}>
        <Button variant="primary" onClick={() => files.current?.click()}>
          {chooseFiles}
        </Button>
        <Button onClick={() => folder.current?.click()}>{chooseFolder}</Button>
      </span>
      <input
        ref={files}
        type="file"
        hidden
        multiple
        data-testid="files"
        onChange={(event) => choose(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        {...{ webkitdirectory: "" }}
        data-testid="folder"
        onChange={(event) => choose(event.currentTarget)}
      />
    </div>
  );
}
