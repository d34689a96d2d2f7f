import { Menu as MantineMenu, Popover as MantinePopover } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./overlays.module.css";

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

const menuClasses = {
  dropdown: styles.dropdown ?? "",
  item: styles.item ?? "",
  label: styles.menuLabel ?? "",
};

/** A button's drop-down list of actions. `children` is the button. */
export function Menu({
  children,
  entries,
  label,
}: {
  children: ReactElement;
  entries: MenuEntry[];
  label?: string;
}) {
  return (
    <MantineMenu
      position="bottom-end"
      offset={4}
      classNames={menuClasses}
      transitionProps={{ duration: 80 }}
      withinPortal
    >
      <MantineMenu.Target>{children}</MantineMenu.Target>
      <MantineMenu.Dropdown aria-label={label}>
        {entries.map((entry) => (
          <MenuRow key={entry.key} entry={entry} />
        ))}
      </MantineMenu.Dropdown>
    </MantineMenu>
  );
}

function MenuRow({ entry }: { entry: MenuEntry }) {
  return (
    <>
      {entry.section === null ? <MantineMenu.Divider /> : null}
      {entry.section ? <MantineMenu.Label>{entry.section}</MantineMenu.Label> : null}
      <MantineMenu.Item
        leftSection={entry.icon}
        rightSection={entry.trailing}
        disabled={entry.disabled ?? false}
        data-danger={entry.danger || undefined}
        onClick={entry.onSelect}
      >
        {entry.label}
      </MantineMenu.Item>
    </>
  );
}

export interface PopoverProps {
  open: boolean;
  onChange: (open: boolean) => void;
  target: ReactElement;
  children: ReactNode;
  label?: string;
  width?: number;
}

/** A small free-form panel under its button. */
export function Popover({ open, onChange, target, children, label, width = 320 }: PopoverProps) {
  return (
    <MantinePopover
      opened={open}
      onChange={onChange}
      position="bottom-end"
      offset={6}
      width={width}
      trapFocus
      classNames={{ dropdown: `${styles.dropdown} ${styles.popover}` }}
      transitionProps={{ duration: 80 }}
    >
      <MantinePopover.Target>{target}</MantinePopover.Target>
      <MantinePopover.Dropdown aria-label={label}>{children}</MantinePopover.Dropdown>
    </MantinePopover>
  );
}
