import { IconDots } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { deleteEndpoint, deployVersion, type Endpoint, rollbackEndpoint } from "@/api/endpoints";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, ConfirmDialog, Dialog, IconButton, Menu, Stack, toast } from "@/ui";
import { VersionPicker } from "./VersionPicker";

/** Deploy another version, go back to the one before, end it. */
export function EndpointActions({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const navigate = useNavigate();
  const [open, setOpen] = useState<"deploy" | "rollback" | "delete" | null>(null);
  const close = () => setOpen(null);
  const rollback = async () => {
    if (await act(() => rollbackEndpoint(endpoint.id))) toast(t("rolledBack"), { tone: "ok" });
  };
  const remove = async () => {
    if (await act(() => deleteEndpoint(endpoint.id))) await navigate({ to: "/endpoints" });
  };
  return (
    <>
      <Button
        disabled={endpoint.revision < 2}
        onClick={() => setOpen("rollback")}
        title={endpoint.revision < 2 ? t("rollbackNone") : undefined}
      >
        {t("rollback")}
      </Button>
      <Button variant="primary" onClick={() => setOpen("deploy")}>
        {t("deployOther")}
      </Button>
      <Menu
        label={t("more")}
        entries={[{ key: "delete", label: t("delete"), danger: true, onSelect: () => setOpen("delete") }]}
      >
        <IconButton label={t("more")}>
          <IconDots size={18} />
        </IconButton>
      </Menu>
      {open === "deploy" ? <DeployDialog endpoint={endpoint} onClose={close} /> : null}
      <ConfirmDialog
        open={open === "rollback"}
        onClose={close}
        onConfirm={rollback}
        title={t("rollbackTitle")}
        confirm={t("rollback")}
        variant="primary"
      >
        {t("rollbackText")}
      </ConfirmDialog>
      <ConfirmDialog
        open={open === "delete"}
        onClose={close}
        onConfirm={remove}
        title={t("deleteTitle", { name: endpoint.name })}
        confirm={t("delete")}
      >
        {t("deleteText")}
      </ConfirmDialog>
    </>
  );
}

function DeployDialog({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const t = useT("endpoints");
  const live = endpoint.routes[0]?.model_version;
  const [version, setVersion] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const deploy = async () => {
    setBusy(true);
    const isDone = await act(() => deployVersion(endpoint.id, version ?? "", endpoint.revision));
    setBusy(false);
    if (!isDone) return;
    toast(t("deployed"), { tone: "ok", undo: () => void act(() => rollbackEndpoint(endpoint.id)) });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("deployTitle")}
      footer={
        <Button variant="primary" loading={busy} disabled={!version || version === live} onClick={deploy}>
          {t("deploy")}
        </Button>
      }
    >
      <Stack gap={12}>
        <p className="muted">{t("deployText")}</p>
        <VersionPicker
          project={endpoint.project}
          value={version}
          live={live}
          onChange={(found) => setVersion(found?.id ?? null)}
        />
      </Stack>
    </Dialog>
  );
}
