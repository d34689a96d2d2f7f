import { useState } from "react";
import { addExample } from "@/api/guidelines";
import { act } from "@/app/act";
import { ExampleFields, type ExampleSaid } from "@/app/guideline/ExampleFields";
import { useT } from "@/i18n";
import { Button, Dialog, Stack, toast } from "@/ui";

interface ExampleDialogProps {
  campaign: string;
  item: string;
  onClose: () => void;
}

/** The answer that is looked at as a good or a bad example in the guideline; what a reviewer stops at is mostly bad. */
export function ExampleDialog({ campaign, item, onClose }: ExampleDialogProps) {
  const t = useT("guidelines");
  const ui = useT("ui");
  const [said, setSaid] = useState<ExampleSaid>({ kind: "bad", note: "" });
  const [isSaving, setSaving] = useState(false);
  const add = async () => {
    setSaving(true);
    const isAdded = await act(() => addExample(campaign, item, said.kind, said.note.trim()));
    setSaving(false);
    if (!isAdded) return;
    toast(t("added"), { tone: "ok" });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("addTitle")}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button variant="primary" loading={isSaving} onClick={() => void add()}>
            {t("add")}
          </Button>
        </>
      }
    >
      <Stack gap={12}>
        <p className="muted">{t("examplesHint")}</p>
        <ExampleFields value={said} onChange={setSaid} />
      </Stack>
    </Dialog>
  );
}
