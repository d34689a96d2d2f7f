import { IconAlertTriangle, IconCheck, IconCloudUp, IconDeviceFloppy } from "@tabler/icons-react";
import type { Status } from "@/annotator/session";
import { useT } from "@/i18n";
import { cx } from "@/ui";
import styles from "./annotate.module.css";

interface StatusLineProps {
  status: Status;
  /** Changes of other items that are on this device. */
  pendingElsewhere: number;
  /** Why the server did not take one of them. */
  refusal?: string | null;
}

/** Where the work is: at the server, on its way, on this device, or in conflict. */
export function StatusLine({ status, pendingElsewhere, refusal = null }: StatusLineProps) {
  const t = useT("annotate");
  const kind = status.kind === "saved" && pendingElsewhere > 0 ? "device" : status.kind;
  const changes =
    (status.kind === "device" || status.kind === "saving" ? status.changes : 0) + pendingElsewhere;
  const own = status.kind === "saved" || status.kind === "device" ? status.reason : null;
  const reason = own ?? refusal;
  const words = {
    saved: t("statusSaved"),
    saving: t("statusSaving"),
    device: t("statusDevice", { count: changes }),
    conflict: t("statusConflict"),
  };
  return (
    <span
      className={cx(styles.status, styles[`status_${kind}`])}
      role="status"
      data-status={kind}
      title={reason ?? undefined}
    >
      {kind === "saved" ? <IconCheck size={15} aria-hidden /> : null}
      {kind === "saving" ? <IconCloudUp size={15} aria-hidden /> : null}
      {kind === "device" ? <IconDeviceFloppy size={15} aria-hidden /> : null}
      {kind === "conflict" ? <IconAlertTriangle size={15} aria-hidden /> : null}
      <span>{words[kind]}</span>
      {reason ? <span className={styles.statusReason}>{reason}</span> : null}
    </span>
  );
}
