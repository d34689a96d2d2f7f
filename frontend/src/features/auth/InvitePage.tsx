import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { acceptInvitation, type Invitation, invitationQuery } from "@/api/auth";
import { errorText } from "@/app/errorText";
import { useT } from "@/i18n";
import { Button, LinkButton, PasswordField, Stack } from "@/ui";
import { EntryFrame } from "./EntryFrame";
import styles from "./EntryFrame.module.css";

const PASSWORD_LENGTH_MIN = 12;

/** The page behind a one-time invitation link. */
export function InvitePage() {
  const t = useT("auth");
  const { token } = useParams({ from: "/invite/$token" });
  const invitation = useQuery(invitationQuery(token));
  if (invitation.error) {
    return (
      <EntryFrame title={t("inviteGone")} lead={t("inviteGoneHint")}>
        <LinkButton to="/login" search={{ next: undefined }}>
          {t("signIn")}
        </LinkButton>
      </EntryFrame>
    );
  }
  return invitation.data ? <InviteForm token={token} invitation={invitation.data} /> : null;
}

function InviteForm({ token, invitation }: { token: string; invitation: Invitation }) {
  const t = useT("auth");
  const ui = useT("ui");
  const navigate = useNavigate();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [error, setError] = useState<unknown>(null);
  const tooShort = password !== "" && password.length < PASSWORD_LENGTH_MIN;
  const differs = again !== "" && again !== password;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await acceptInvitation(token, password);
      await navigate({ to: "/" });
    } catch (problem) {
      setError(problem);
    }
  };
  const name = invitation.display_name || invitation.username;
  return (
    <EntryFrame
      title={t("inviteTitle", { name })}
      lead={t("inviteText", { project: invitation.project_name, username: invitation.username })}
    >
      <form onSubmit={submit}>
        <Stack>
          <PasswordField
            label={t("newPassword")}
            hint={t("passwordHint")}
            error={tooShort ? t("passwordShort") : undefined}
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            autoFocus
            showLabel={ui("showPassword")}
          />
          <PasswordField
            label={t("repeatPassword")}
            error={differs ? t("passwordsDiffer") : undefined}
            value={again}
            onChange={setAgain}
            autoComplete="new-password"
            showLabel={ui("showPassword")}
          />
          {error === null ? null : (
            <p role="alert" className={styles.error}>
              {errorText(error)}
            </p>
          )}
          <Button
            type="submit"
            variant="primary"
            size="lg"
            disabled={password.length < PASSWORD_LENGTH_MIN || again !== password}
          >
            {t("join")}
          </Button>
        </Stack>
      </form>
    </EntryFrame>
  );
}
