import type { UseQueryResult } from "@tanstack/react-query";
import { hasOneClass } from "@/api/tasks";
import type { TaskType } from "@/api/types";
import type { WeakPreview } from "@/api/weakRules";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Panel, Stack, Stat } from "@/ui";
import styles from "./rules.module.css";

interface SummaryProps {
  query: UseQueryResult<WeakPreview>;
  task: TaskType;
  /** A rule has to be mended first. */
  isFaulty: boolean;
}

/** What all rules say together of the texts that wait. */
export function RulesSummary({ query, task, isFaulty }: SummaryProps) {
  const t = useT("rules");
  return (
    <Panel title={t("whole")}>
      {isFaulty ? (
        <p className="muted" role="status">
          {t("faulty")}
        </p>
      ) : (
        <QueryState query={query} compact>
          {(found) => (
            <Stack gap={12}>
              <div className={styles.whole} aria-live="polite">
                <Share label={t("covered")} count={found.covered} of={found.looked_at} />
                <Share label={t("uncovered")} count={found.uncovered} of={found.looked_at} />
                {task === "text_multilabel" ? null : (
                  <Share label={t("conflicted")} count={found.conflicted} of={found.looked_at} isBad />
                )}
                {hasOneClass(task) ? (
                  <Share
                    label={t("undecided")}
                    count={found.undecided}
                    of={found.looked_at}
                    hint={t("undecidedHint")}
                  />
                ) : null}
              </div>
              <Looked found={found} />
            </Stack>
          )}
        </QueryState>
      )}
    </Panel>
  );
}

interface ShareProps {
  label: string;
  count: number;
  of: number;
  hint?: string;
  isBad?: boolean;
}

function Share({ label, count, of, hint, isBad }: ShareProps) {
  const t = useT("rules");
  return (
    <Stat
      label={label}
      value={formatPercent(of > 0 ? count / of : 0)}
      hint={hint ?? t("ofMatches", { count: formatCount(count), total: formatCount(of) })}
      {...(isBad && count > 0 ? { tone: "warn" as const } : {})}
    />
  );
}

/** How many texts that was counted over, and why not all. */
function Looked({ found: { looked_at, waiting, is_cut } }: { found: WeakPreview }) {
  const t = useT("rules");
  const count = formatCount(looked_at);
  const said = () => {
    if (waiting === 0) return t("lookedNone");
    const total = formatCount(waiting);
    if (is_cut) return t("lookedCut", { count, total });
    return looked_at < waiting ? t("lookedSome", { count, total }) : t("looked", { count: looked_at });
  };
  return <p className="muted small">{said()}</p>;
}
