import { type KeyboardEvent, type ReactNode, useState } from "react";
import styles from "./overlays.module.css";
import { Floating, type FloatingProps, openerOf } from "./Popover";

export interface MenuEntry {
  key: string;
  label: ReactNode;
  icon?: ReactNode;
  trailing?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** `null` draws a line before this entry; a string draws a heading. */
  section?: string | null;
  onSelect: () => void;
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

function walk(event: KeyboardEvent<HTMLDivElement>): void {
  const step = STEPS[event.key];
  if (!step) return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="menuitem"]:not(:disabled)')];
  const at = items.findIndex((item) => item === document.activeElement);
  items[step(at, items.length)]?.focus();
  event.preventDefault();
}

/** A button's drop-down list of actions. `children` is the button. */
export function Menu({
  children,
  entries,
  label,
}: {
  children: FloatingProps["target"];
  entries: MenuEntry[];
  label?: string;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Floating open={open} onChange={setOpen} target={children} role="menu" {...(label ? { label } : {})}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the menu role is on the panel around it */}
      <div onKeyDown={walk} className={styles.menu}>
        {entries.map((entry) => (
          <MenuRow key={entry.key} entry={entry} onClose={() => setOpen(false)} />
        ))}
      </div>
    </Floating>
  );
}

function MenuRow({ entry, onClose }: { entry: MenuEntry; onClose: () => void }) {
  return (
    <>
      {entry.section === null ? <hr className={styles.divider} /> : null}
      {entry.section ? <div className={styles.menuLabel}>{entry.section}</div> : null}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        className={styles.item}
        disabled={entry.disabled}
        data-danger={entry.danger || undefined}
        onClick={(event) => {
          // What is chosen may open only after the menu is gone, and the focus would be lost with it.
          const opener = openerOf(event.currentTarget);
          if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
          onClose();
          entry.onSelect();
        }}
      >
        {entry.icon}
        <span>{entry.label}</span>
        {entry.trailing}
      </button>
    </>
  );
}
