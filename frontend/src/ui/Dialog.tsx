import { Drawer as MantineDrawer, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useHotkeyScope } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, type ButtonVariant } from "./Button";
import styles from "./overlays.module.css";

export interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  size?: "sm" | "md" | "lg" | "xl";
}

const WIDTH_PX = { sm: 400, md: 520, lg: 720, xl: 960 } as const;

const classNames = {
  content: styles.content ?? "",
  header: styles.header ?? "",
  title: styles.title ?? "",
  body: styles.body ?? "",
  overlay: styles.overlay ?? "",
};

/** A modal dialog: takes the focus, closes on Escape, silences the page's keys. */
export function Dialog({ open, onClose, title, children, footer, size = "md" }: DialogProps) {
  const t = useT("ui");
  useHotkeyScope("dialog", open);
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={title}
      size={WIDTH_PX[size]}
      centered
      lockScroll={false}
      classNames={classNames}
      closeButtonProps={{ "aria-label": t("close") }}
      transitionProps={{ duration: 120 }}
    >
      {children}
      {footer ? <div className={styles.footer}>{footer}</div> : null}
    </Modal>
  );
}

/** A panel from the right over the page, for looking at one thing without leaving the list. */
export function Drawer({ open, onClose, title, children, size = "md" }: Omit<DialogProps, "footer">) {
  const t = useT("ui");
  useHotkeyScope("dialog", open);
  return (
    <MantineDrawer
      opened={open}
      onClose={onClose}
      title={title}
      position="right"
      size={WIDTH_PX[size]}
      lockScroll={false}
      classNames={{ ...classNames, content: styles.drawer ?? "" }}
      closeButtonProps={{ "aria-label": t("close") }}
      transitionProps={{ duration: 120 }}
    >
      {children}
    </MantineDrawer>
  );
}

export interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => Promise<unknown> | unknown;
  title: string;
  children: ReactNode;
  confirm: string;
  variant?: ButtonVariant;
}

/** Ask before something that cannot be taken back. The button carries the verb, never "OK". */
export function ConfirmDialog({
  open,
  onClose,
  onConfirm,
  title,
  children,
  confirm,
  variant = "danger",
}: ConfirmProps) {
  const t = useT("ui");
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await onConfirm();
      onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant={variant} loading={busy} onClick={run}>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
