import { Tabs as MantineTabs } from "@mantine/core";
import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

export interface TabDef<V extends string> {
  value: V;
  label: ReactNode;
  panel: ReactNode;
  disabled?: boolean;
}

export interface TabsProps<V extends string> {
  value: V;
  onChange: (value: V) => void;
  tabs: readonly TabDef<V>[];
  label: string;
}

/** Panels behind tabs; only the chosen panel is mounted. Arrow keys walk the tabs. */
export function Tabs<V extends string>({ value, onChange, tabs, label }: TabsProps<V>) {
  const choose = (next: string | null) => {
    const tab = tabs.find((entry) => entry.value === next);
    if (tab) onChange(tab.value);
  };
  return (
    <MantineTabs
      value={value}
      onChange={choose}
      keepMounted={false}
      classNames={{ list: styles.list ?? "", tab: styles.tab ?? "", panel: styles.panel ?? "" }}
    >
      <MantineTabs.List aria-label={label}>
        {tabs.map((tab) => (
          <MantineTabs.Tab key={tab.value} value={tab.value} disabled={tab.disabled ?? false}>
            {tab.label}
          </MantineTabs.Tab>
        ))}
      </MantineTabs.List>
      {tabs.map((tab) => (
        <MantineTabs.Panel key={tab.value} value={tab.value}>
          {tab.panel}
        </MantineTabs.Panel>
      ))}
    </MantineTabs>
  );
}
