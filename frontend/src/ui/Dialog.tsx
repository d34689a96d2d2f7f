import { IconX } from "@tabler/icons-react";
import { type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useHotkeyScope } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, type ButtonVariant, IconButton } from "./Button";
import { cx } from "./cx";
import styles from "./Dialog.module.css";
import { openerOf } from "./Popover";

export interface DialogProps {
  open: boolean;
  /** Null: there is no way out but the buttons in the footer. */
  onClose: (() => void) | null;
  title: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  size?: "sm" | "md" | "lg" | "xl";
}

/** A modal dialog (the browser's own): takes the focus, closes on Escape, silences the page's keys. */
export function Dialog(props: DialogProps) {
  return props.open ? <Sheet {...props} shape="dialog" /> : null;
}

/** A panel from the right over the page, for looking at one thing without leaving the list. */
export function Drawer(props: Omit<DialogProps, "footer">) {
  return props.open ? <Sheet {...props} shape="drawer" /> : null;
}

function Sheet({
  onClose,
  title,
  children,
  footer,
  size = "md",
  shape,
}: DialogProps & { shape: "dialog" | "drawer" }) {
  const t = useT("ui");
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  // A menu or a small panel goes, and the focus comes back to the button that it came from.
  const [asker] = useState(() => openerOf(document.activeElement));
  useHotkeyScope("dialog", true);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    const first = dialog?.querySelector("[data-autofocus]");
    if (first instanceof HTMLElement) first.focus();
    else dialog?.focus();
    return () => {
      dialog?.close();
      if (asker instanceof HTMLElement) asker.focus({ preventScroll: true });
    };
  }, [asker]);
  const onBackdrop = (event: MouseEvent) => {
    if (event.target === element.current) onClose?.();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it too, by the cancel event
    <dialog
      ref={element}
      tabIndex={-1}
      aria-labelledby={id}
      className={cx(styles.sheet, styles[shape], styles[size])}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={onBackdrop}
    >
      <div className={styles.inside}>
        <header className={styles.header}>
          <h2 id={id}>{title}</h2>
          {onClose ? (
            <IconButton label={t("close")} onClick={onClose}>
              <IconX size={18} stroke={1.6} />
            </IconButton>
          ) : null}
        </header>
        <div className={styles.body}>{children}</div>
        {footer ? <div className={styles.footer}>{footer}</div> : null}
      </div>
    </dialog>
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
