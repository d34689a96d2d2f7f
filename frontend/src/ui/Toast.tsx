import { IconX } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useT } from "@/i18n";
import { Button, IconButton } from "./Button";
import { cx } from "./cx";
import styles from "./Toast.module.css";

export interface ToastOptions {
  tone?: "plain" | "ok" | "bad";
  /** What the button does that takes it back. */
  undo?: () => void;
  action?: { label: string; run: () => void };
  durationMs?: number;
}

interface Shown extends ToastOptions {
  id: number;
  text: string;
}

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function set(next: readonly Shown[]): void {
  shown = next;
  for (const notify of listeners) notify();
}

/** Say something that happened elsewhere. Never for saving: the status line does that. */
export function toast(text: string, options: ToastOptions = {}): () => void {
  const id = nextId++;
  const close = () => set(shown.filter((entry) => entry.id !== id));
  set([...shown.slice(-3), { id, text, ...options }]);
  setTimeout(close, options.durationMs ?? (options.tone === "bad" ? 10_000 : 5_000));
  return close;
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

/** Where toasts appear: bottom left, over no working corner. Mounted once by the shell. */
export function Toaster() {
  const t = useT("ui");
  const entries = useSyncExternalStore(subscribe, () => shown);
  return (
    <section className={styles.toaster} aria-live="polite" aria-label={t("dismiss")}>
      {entries.map((entry) => {
        const close = () => set(shown.filter((other) => other.id !== entry.id));
        return (
          <div key={entry.id} className={cx(styles.toast, entry.tone && styles[entry.tone])}>
            <span>{entry.text}</span>
            {entry.undo ? (
              <Button
                size="sm"
                variant="quiet"
                onClick={() => {
                  entry.undo?.();
                  close();
                }}
              >
                {t("undo")}
              </Button>
            ) : null}
            {entry.action ? (
              <Button
                size="sm"
                variant="quiet"
                onClick={() => {
                  entry.action?.run();
                  close();
                }}
              >
                {entry.action.label}
              </Button>
            ) : null}
            <IconButton size="sm" label={t("dismiss")} onClick={close}>
              <IconX size={14} />
            </IconButton>
          </div>
        );
      })}
    </section>
  );
}
