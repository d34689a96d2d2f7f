import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import {
  createEndpointKey,
  type Endpoint,
  type EndpointKey,
  endpointKeysQuery,
  revokeEndpointKey,
} from "@/api/endpoints";
import { act } from "@/app/act";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import {
  Badge,
  Button,
  CodeBlock,
  type Column,
  ConfirmDialog,
  DataTable,
  Dialog,
  EmptyState,
  Panel,
  Stack,
  TextField,
  Time,
} from "@/ui";
import styles from "./endpoints.module.css";

/** Who may call: each caller with a key of its own. */
export function KeysTab({ endpoint, mayDeploy }: { endpoint: Endpoint; mayDeploy: boolean }) {
  const t = useT("endpoints");
  const query = useQuery(endpointKeysQuery(endpoint.id));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<EndpointKey | null>(null);
  const make = mayDeploy ? (
    <Button size="sm" variant="primary" icon={<IconPlus size={14} />} onClick={() => setMaking(true)}>
      {t("newKey")}
    </Button>
  ) : null;
  const columns: Column<EndpointKey>[] = [
    { key: "name", header: t("keyName"), grow: true, cell: (key) => key.name || "–" },
    { key: "prefix", header: t("prefix"), cell: (key) => <code>{key.prefix}…</code> },
    {
      key: "created",
      header: t("created"),
      cell: (key) => (
        <span className={styles.nowrap}>
          <Time iso={key.created_at} />
        </span>
      ),
    },
    {
      key: "used",
      header: t("lastUsed"),
      cell: (key) => (
        <span className={styles.nowrap}>{key.last_used_at ? <Time iso={key.last_used_at} /> : "–"}</span>
      ),
    },
    {
      key: "revoke",
      header: <span className="visually-hidden">{t("revoke")}</span>,
      align: "right",
      cell: (key) => <KeyEnd endpointKey={key} mayDeploy={mayDeploy} onRevoke={() => setRevoking(key)} />,
    },
  ];
  return (
    <Panel title={t("keys")} flush actions={make}>
      <p className={styles.intro}>{t("keysText")}</p>
      <QueryState query={query} compact>
        {(keys) => (
          <DataTable
            label={t("keys")}
            columns={columns}
            rows={keys}
            rowKey={(key) => key.id}
            empty={<EmptyState compact title={t("keysEmpty")} />}
          />
        )}
      </QueryState>
      {making ? <KeyDialog endpoint={endpoint} onClose={() => setMaking(false)} /> : null}
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        onConfirm={() => revoking && act(() => revokeEndpointKey(endpoint.id, revoking.id))}
        title={t("revokeTitle", { prefix: revoking?.prefix ?? "" })}
        confirm={t("revoke")}
      >
        {t("revokeText")}
      </ConfirmDialog>
    </Panel>
  );
}

function KeyEnd({
  endpointKey,
  mayDeploy,
  onRevoke,
}: {
  endpointKey: EndpointKey;
  mayDeploy: boolean;
  onRevoke: () => void;
}) {
  const t = useT("endpoints");
  if (endpointKey.revoked_at) return <Badge>{t("revoked")}</Badge>;
  return mayDeploy ? (
    <Button size="sm" variant="quiet" onClick={onRevoke}>
      {t("revoke")}
    </Button>
  ) : null;
}

function KeyDialog({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const t = useT("endpoints");
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const make = async () => {
    setBusy(true);
    await act(async () => setSecret(await createEndpointKey(endpoint.id, name.trim())));
    setBusy(false);
  };
  if (secret !== null) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("keyMade")}
        footer={
          <Button variant="primary" onClick={onClose}>
            {t("keyDone")}
          </Button>
        }
      >
        <Stack gap={12}>
          <p>{t("keyOnce")}</p>
          <CodeBlock label={t("keyMade")} code={secret} />
        </Stack>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("newKey")}
      footer={
        <Button variant="primary" loading={busy} disabled={name.trim() === ""} onClick={make}>
          {t("keyCreate")}
        </Button>
      }
    >
      <TextField
        label={t("keyName")}
        value={name}
        onChange={setName}
        placeholder={t("keyNamePlaceholder")}
        autoFocus
      />
    </Dialog>
  );
}
