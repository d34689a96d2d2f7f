import { type FormEvent, useState } from "react";
import { changeBucketKey, type ReferenceSource } from "@/api/references";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, Dialog, PasswordField, Row, Stack, TextField, toast } from "@/ui";

interface BucketKeyDialogProps {
  source: ReferenceSource;
  onClose: () => void;
  onChanged: () => void;
}

/** Another key for a bucket that samples refer to. */
export function BucketKeyDialog({ source, onClose, onChanged }: BucketKeyDialogProps) {
  const t = useT("imports");
  const ui = useT("ui");
  const [keyId, setKeyId] = useState(source.key_id);
  const [secret, setSecret] = useState("");
  const [isBusy, setBusy] = useState(false);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const isDone = await act(() => changeBucketKey(source.id, keyId.trim(), secret.trim()));
    setBusy(false);
    if (!isDone) return;
    toast(t("keySaved"));
    onChanged();
    onClose();
  };
  return (
    <Dialog open title={t("keyTitle", { bucket: source.bucket })} onClose={onClose}>
      <form onSubmit={save}>
        <Stack gap={16}>
          <p>{t("keyText")}</p>
          <TextField label={t("bucket_key_id")} value={keyId} onChange={setKeyId} autoFocus />
          <PasswordField
            label={t("bucket_secret")}
            showLabel={t("bucket_show")}
            autoComplete="off"
            value={secret}
            onChange={setSecret}
          />
          <Row justify="end">
            <Button onClick={onClose}>{ui("cancel")}</Button>
            <Button
              type="submit"
              variant="primary"
              loading={isBusy}
              disabled={!keyId.trim() !== !secret.trim()}
            >
              {t("keySave")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  );
}
