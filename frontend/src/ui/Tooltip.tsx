import { Tooltip as MantineTooltip } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./overlays.module.css";

/** A hint after half a second of rest. Never the only place of a fact. */
export function Tooltip({ label, children }: { label: ReactNode; children: ReactElement }) {
  return (
    <MantineTooltip
      label={label}
      openDelay={500}
      classNames={{ tooltip: styles.tooltip ?? "" }}
      events={{ hover: true, focus: true, touch: false }}
    >
      {children}
    </MantineTooltip>
  );
}
