import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type ApiToken, createToken, revokeToken, tokensQuery } from "@/api/account";
import { act } from "@/app/act";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import {
  Button,
  CodeBlock,
  type Column,
  ConfirmDialog,
  DataTable,
  Dialog,
  Panel,
  SelectField,
  Stack,
  TextField,
  Time,
} from "@/ui";
import styles from "./me.module.css";

/** What the server calls a token that a password was exchanged for. */
const BY_PASSWORD = "Password sign-in";

function nameOf({ name }: ApiToken, t: ReturnType<typeof useT<"me">>): string {
  return name === BY_PASSWORD ? t("tokenByPassword") : name;
}

/** Bearer tokens for scripts. */
export function TokensPanel() {
  const t = useT("me");
  const query = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  const columns: Column<ApiToken>[] = [
    { key: "name", header: t("tokenName"), grow: true, cell: (token) => nameOf(token, t) },
    { key: "prefix", header: t("prefix"), cell: (token) => <code>{token.prefix}…</code> },
    { key: "used", header: t("lastUsed"), cell: (token) => <When iso={token.last_used_at} /> },
    { key: "expires", header: t("expires"), cell: (token) => <When iso={token.expires_at} /> },
    {
      key: "revoke",
      header: <span className="visually-hidden">{t("revoke")}</span>,
      align: "right",
      cell: (token) => (
        <Button size="sm" variant="quiet" onClick={() => setRevoking(token)}>
          {t("revoke")}
        </Button>
      ),
    },
  ];
  return (
    <Panel
      title={t("tokens")}
      flush
      actions={
        <Button size="sm" icon={<IconPlus size={14} />} onClick={() => setMaking(true)}>
          {t("newToken")}
        </Button>
      }
    >
      <QueryState query={query} compact>
        {(tokens) => (
          <DataTable
            label={t("tokens")}
            columns={columns}
            rows={tokens}
            rowKey={(token) => token.id}
            empty={<p className={styles.empty}>{t("tokensEmpty")}</p>}
          />
        )}
      </QueryState>
      {making ? <TokenDialog onClose={() => setMaking(false)} /> : null}
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        onConfirm={() => revoking && act(() => revokeToken(revoking.id))}
        title={t("revokeTitle", { name: revoking ? nameOf(revoking, t) : "" })}
        confirm={t("revoke")}
      >
        {t("revokeText")}
      </ConfirmDialog>
    </Panel>
  );
}

function When({ iso }: { iso: string | null }) {
  const t = useT("me");
  return <span className={styles.when}>{iso ? <Time iso={iso} /> : t("never")}</span>;
}

const LIFETIMES = ["30", "90", "365", "never"] as const;
type Lifetime = (typeof LIFETIMES)[number];

function expiryOf(lifetime: Lifetime): string | null {
  return lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString();
}

function TokenDialog({ onClose }: { onClose: () => void }) {
  const t = useT("me");
  const [name, setName] = useState("");
  const [lifetime, setLifetime] = useState<Lifetime>("90");
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    await act(async () =>
      setSecret(await createToken({ name: name.trim(), expires_at: expiryOf(lifetime) })),
    );
    setBusy(false);
  };
  if (secret !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("tokenMade")}
        footer={
          <Button variant="primary" onClick={onClose}>
            {t("done")}
          </Button>
        }
      >
        <Stack gap={12}>
          <p>{t("tokenOnce")}</p>
          <CodeBlock label={t("tokenMade")} code={secret} />
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("newToken")}
      footer={
        <Button variant="primary" loading={busy} disabled={name.trim() === ""} onClick={make}>
          {t("create")}
        </Button>
      }
    >
      <Stack gap={12}>
        <p className="muted">{t("tokensText")}</p>
        <TextField
          label={t("tokenName")}
          value={name}
          onChange={setName}
          placeholder={t("tokenNamePlaceholder")}
          autoFocus
        />
        <SelectField
          label={t("expires")}
          value={lifetime}
          options={LIFETIMES.map((value) => ({ value, label: t(`expires_${value}`) }))}
          onChange={(value) => value && setLifetime(value)}
        />
      </Stack>
    </Dialog>
  );
}
