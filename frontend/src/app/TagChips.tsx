import { Badge, cx } from "@/ui";
import styles from "./tagChips.module.css";

/** Tags one after another; nothing without any. */
export function TagChips({ tags, isShort }: { tags: readonly string[]; isShort?: boolean }) {
  if (tags.length === 0) return null;
  return (
    <span className={cx(styles.chips, isShort && styles.short)}>
      {tags.map((tag) => (
        <Badge key={tag}>
          <bdi>{tag}</bdi>
        </Badge>
      ))}
    </span>
  );
}
