import type { ReactNode } from "react";
import styles from "./Stage.module.css";

/** A picture on the stage's ground, with what is drawn over it: children lie on one another. */
export function Stage({ children }: { children: ReactNode }) {
  return <div className={styles.stage}>{children}</div>;
}
