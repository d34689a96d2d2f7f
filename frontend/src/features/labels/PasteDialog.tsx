import { useState } from "react";
import { useT } from "@/i18n";
import { Button, Dialog, TextareaField } from "@/ui";
import { type DraftClass, newDraft, parseList } from "./draft";

export interface PasteDialogProps {
  open: boolean;
  drafts: readonly DraftClass[];
  onClose: () => void;
  onAdd: (drafts: readonly DraftClass[]) => void;
}

/** Ten classes in ten seconds: one a line. */
export function PasteDialog({ open, drafts, onClose, onAdd }: PasteDialogProps) {
  const t = useT("labels");
  const [text, setText] = useState("");
  const found = parseList(text, drafts);
  const add = () => {
    const next = found.reduce<readonly DraftClass[]>(
      (all, one) => [...all, newDraft(all, one.name, one.name_zh)],
      drafts,
    );
    onAdd(next);
    setText("");
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t("pasteTitle")}
      footer={
        <Button variant="primary" disabled={found.length === 0} onClick={add}>
          {t("pasteAdd", { count: found.length })}
        </Button>
      }
    >
      <TextareaField
        label={t("pasteTitle")}
        hideLabel
        hint={t("pasteHint")}
        rows={10}
        value={text}
        onChange={setText}
      />
    </Dialog>
  );
}
