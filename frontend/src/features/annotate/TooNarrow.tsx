import { useT } from "@/i18n";
import { EmptyState, LinkButton } from "@/ui";
import styles from "./annotate.module.css";

/** In place of the canvas where there is no room for it; hidden elsewhere. */
export function TooNarrow({ project }: { project: string }) {
  const t = useT("annotate");
  const app = useT("app");
  return (
    <div className={styles.narrow}>
      <EmptyState
        title={app("narrow")}
        action={
          <LinkButton to="/p/$project/tasks" params={{ project }} variant="primary">
            {t("toTasks")}
          </LinkButton>
        }
      />
    </div>
  );
}
