import type { ReactNode } from "react";
import { LookSwitch } from "@/app/TopBar";
import styles from "./EntryFrame.module.css";

/** The quiet frame of the pages before one is signed in. */
export function EntryFrame({ title, lead, children }: { title: string; lead: string; children: ReactNode }) {
  return (
    <div className={styles.frame}>
      <div className={styles.corner}>
        <LookSwitch />
      </div>
      <main className={styles.card}>
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <div>
          <h1>{title}</h1>
          <p className="muted">{lead}</p>
        </div>
        {children}
      </main>
    </div>
  );
}
