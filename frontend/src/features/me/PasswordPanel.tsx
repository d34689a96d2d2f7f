import { type FormEvent, useState } from "react";
import { changePassword } from "@/api/account";
import { type AppError, asAppError } from "@/api/errors";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Button, Panel, PasswordField, Row, Stack, toast } from "@/ui";

/** Change one's own password. */
export function PasswordPanel() {
  const t = useT("me");
  const [old, setOld] = useState("");
  const [next, setNext] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await changePassword(old, next);
      setOld("");
      setNext("");
      toast(t("passwordChanged"), { tone: "ok" });
    } catch (caught) {
      setError(asAppError(caught));
    }
    setBusy(false);
  };
  const fields = error?.fields ?? {};
  const general = error && !fields.old && !fields.new ? errorText(error) : undefined;
  return (
    <Panel title={t("password")}>
      <form onSubmit={submit}>
        <Stack gap={12}>
          <PasswordField
            label={t("oldPassword")}
            showLabel={t("showPassword")}
            value={old}
            onChange={setOld}
            error={fields.old ?? general}
          />
          <PasswordField
            label={t("newPassword")}
            hint={t("newPasswordHint")}
            showLabel={t("showPassword")}
            autoComplete="new-password"
            value={next}
            onChange={setNext}
            error={fields.new}
          />
          <Row justify="end">
            <Button type="submit" loading={busy} disabled={!old || !next}>
              {t("changePassword")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Panel>
  );
}
