import type { Statistics } from "@/api/samples";
import { useWords } from "@/app/words";
import { formatCount } from "@/i18n/format";
import { Panel, Skeleton, Stack } from "@/ui";
import { partsOf, type Shares, thinClasses } from "./plan";
import { SplitBar } from "./SplitBar";
import styles from "./versions.module.css";

interface PlanPanelProps {
  modality: string;
  count: number | null;
  /** None where nothing is dealt, since the split is given. */
  shares: Shares | null;
  classes: Statistics["classes"] | undefined;
}

/** What the version will hold, while the form is being filled in. */
export function PlanPanel({ modality, count, shares, classes }: PlanPanelProps) {
  const t = useWords("versions", modality);
  const thin = shares ? thinClasses(classes, shares) : [];
  if (count === null) return <Skeleton lines={3} />;
  const parts = shares ? partsOf(count, shares) : null;
  return (
    <Panel title={t("willHave")}>
      <Stack gap={12}>
        <strong style={{ fontSize: "var(--text-2xl)", lineHeight: 1.25 }} className="num" aria-live="polite">
          {t("pictures", { count })}
        </strong>
        {parts ? (
          <>
            <SplitBar parts={parts} />
            <table className={styles.balance}>
              <tbody>
                {(["train", "val", "test"] as const).map((part) => (
                  <tr key={part}>
                    <th scope="row">{t(part)}</th>
                    <td>{formatCount(parts[part])}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        ) : null}
        {thin.length > 0 ? (
          <p className={styles.warning}>{t("warnSmall", { names: thin.join(", ") })}</p>
        ) : null}
      </Stack>
    </Panel>
  );
}
