import { useState } from "react";
import { type InvitationLink, invitePeople } from "@/api/people";
import type { Role } from "@/api/types";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, CopyButton, Dialog, Row, SelectField, Stack, TextareaField } from "@/ui";
import { type BadLine, parsePeople } from "./invitees";
import styles from "./projects.module.css";
import { ROLES, roleText } from "./words";

/** Paste people, get one link each. The links exist in this dialog and nowhere else. */
export function InviteDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const [links, setLinks] = useState<InvitationLink[] | null>(null);
  return links ? (
    <Links links={links} onClose={onClose} />
  ) : (
    <Paste project={project} onClose={onClose} onLinks={setLinks} />
  );
}

interface PasteProps {
  project: string;
  onClose: () => void;
  onLinks: (links: InvitationLink[]) => void;
}

function Paste({ project, onClose, onLinks }: PasteProps) {
  const t = useT("projects");
  const ui = useT("ui");
  const [text, setText] = useState("");
  const [role, setRole] = useState<Role>("annotator");
  const [busy, setBusy] = useState(false);
  const { people, problems } = parsePeople(text, role);
  const send = async () => {
    setBusy(true);
    await act(async () => onLinks(await invitePeople(project, people)));
    setBusy(false);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("inviteTitle")}
      footer={
        <>
          <Button onClick={onClose}>{ui("cancel")}</Button>
          <Button
            variant="primary"
            loading={busy}
            disabled={people.length === 0 || problems.length > 0}
            onClick={send}
          >
            {t("inviteDo")}
          </Button>
        </>
      }
    >
      <Stack gap={12}>
        <TextareaField
          label={t("invitePaste")}
          hint={t("inviteHint")}
          placeholder={t("inviteExample")}
          value={text}
          onChange={setText}
          rows={6}
          mono
        />
        <SelectField
          label={t("defaultRole")}
          value={role}
          options={ROLES.map((value) => ({ value, label: roleText(value) }))}
          onChange={(value) => value && setRole(value)}
        />
        <div aria-live="polite">
          {people.length > 0 ? (
            <p className="muted small">{t("invitePreview", { count: people.length })}</p>
          ) : null}
          <ul className={styles.problems}>
            {problems.map((bad) => (
              <ProblemLine key={`${bad.line}-${bad.problem}`} bad={bad} />
            ))}
          </ul>
        </div>
      </Stack>
    </Dialog>
  );
}

function ProblemLine({ bad }: { bad: BadLine }) {
  const t = useT("projects");
  const text = {
    name: () => t("problem_name"),
    badName: () => t("problem_badName"),
    role: () => t("problem_role", { text: bad.text }),
    twice: () => t("problem_twice", { text: bad.text }),
  }[bad.problem]();
  return <li>{t("inviteLineProblem", { line: bad.line, problem: text })}</li>;
}

function Links({ links, onClose }: { links: readonly InvitationLink[]; onClose: () => void }) {
  const t = useT("projects");
  const urlOf = (link: string) => new URL(link, location.origin).href;
  const all = links.flatMap((one) => (one.link ? [`${one.username}\t${urlOf(one.link)}`] : [])).join("\n");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("inviteLinks")}
      size="lg"
      footer={
        <Button variant="primary" onClick={onClose}>
          {t("inviteDone")}
        </Button>
      }
    >
      <Stack gap={12}>
        <Row justify="between">
          <p className="muted">{t("inviteLinksText")}</p>
          {all ? <CopyButton text={all}>{t("inviteCopyAll")}</CopyButton> : null}
        </Row>
        <ul className={styles.links}>
          {links.map(({ username, link }) => (
            <li key={username}>
              <strong className="ellipsis">{username}</strong>
              {link ? (
                <code className="ellipsis">{urlOf(link)}</code>
              ) : (
                <span className="muted">{t("alreadyMember")}</span>
              )}
              {link ? <CopyButton text={urlOf(link)} /> : <span />}
            </li>
          ))}
        </ul>
      </Stack>
    </Dialog>
  );
}
