import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { signIn } from "@/api/auth";
import { asAppError } from "@/api/errors";
import { errorText } from "@/app/errorText";
import { localPath } from "@/app/localPath";
import { lookup, useT } from "@/i18n";
import { Button, PasswordField, Stack, TextField } from "@/ui";
import { EntryFrame } from "./EntryFrame";
import styles from "./EntryFrame.module.css";

/** User name and password; back to where one wanted to go. */
export function LoginPage() {
  const t = useT("auth");
  const ui = useT("ui");
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/login" });
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn(username, password);
      await navigate({ href: localPath(next) });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const wrong = error !== null && [400, 401, 403].includes(asAppError(error).status);
  return (
    <EntryFrame title={t("welcome")} lead={t("tagline")}>
      <form onSubmit={submit}>
        <Stack>
          <TextField
            label={t("username")}
            value={username}
            onChange={setUsername}
            autoFocus
            autoComplete="username"
            required
          />
          <PasswordField
            label={t("password")}
            value={password}
            onChange={setPassword}
            showLabel={ui("showPassword")}
            required
          />
          {error === null ? null : (
            <p role="alert" className={styles.error}>
              {wrong ? lookup("errors", "invalid_credentials") : errorText(error)}
            </p>
          )}
          <Button type="submit" variant="primary" size="lg" loading={busy} disabled={!username || !password}>
            {t("signIn")}
          </Button>
          <p className="muted small">{t("firstTime")}</p>
        </Stack>
      </form>
    </EntryFrame>
  );
}
