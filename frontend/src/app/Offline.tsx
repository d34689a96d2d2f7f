import { IconCloudOff } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";
import { useT } from "@/i18n";
import styles from "./Shell.module.css";

function subscribe(notify: () => void): () => void {
  window.addEventListener("online", notify);
  window.addEventListener("offline", notify);
  return () => {
    window.removeEventListener("online", notify);
    window.removeEventListener("offline", notify);
  };
}

/** A line over the page while the browser has no network. */
export function Offline() {
  const t = useT("app");
  const online = useSyncExternalStore(subscribe, () => navigator.onLine);
  if (online) return null;
  return (
    <div className={styles.offline} role="status">
      <IconCloudOff size={16} aria-hidden />
      <strong>{t("offlineTitle")}</strong>
      <span>{t("offlineHint")}</span>
    </div>
  );
}
