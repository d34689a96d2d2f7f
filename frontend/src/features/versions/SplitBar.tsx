import { useT } from "@/i18n";
import { cx } from "@/ui";
import type { Shares } from "./plan";
import styles from "./versions.module.css";

/** The three parts as one bar; `scale` shortens it against a longer one. */
export function SplitBar({ parts, scale = 1 }: { parts: Shares; scale?: number }) {
  const t = useT("versions");
  return (
    <div
      className={styles.bar}
      role="img"
      aria-label={`${t("train")} ${parts.train}, ${t("val")} ${parts.val}, ${t("test")} ${parts.test}`}
      style={{ width: `${Math.max(1, scale * 100)}%` }}
    >
      {(["train", "val", "test"] as const).map((part) =>
        parts[part] > 0 ? (
          <span key={part} className={cx(styles[part])} style={{ flexGrow: parts[part] }} />
        ) : null,
      )}
    </div>
  );
}
