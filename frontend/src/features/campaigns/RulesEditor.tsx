import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { prelabelsQuery } from "@/api/prelabels";
import type { Campaign, LabelClass } from "@/api/types";
import { type WeakFigures, type WeakRules, weakPreviewQuery } from "@/api/weakRules";
import { useRested } from "@/app/useRested";
import { useT } from "@/i18n";
import { Button, EmptyState, Split, Stack } from "@/ui";
import { PrelabelRuns } from "./PrelabelRuns";
import { RuleCard } from "./RuleCard";
import { RulesApply } from "./RulesApply";
import { RulesSummary } from "./RulesSummary";
import { type EditedRule, editedFrom, faultsIn, isWhole, MAX_RULES, sentOf, withNew } from "./rules";
import styles from "./rules.module.css";

const REST_MS = 250;

interface EditorProps {
  campaign: Campaign;
  classes: readonly LabelClass[];
  saved: WeakRules;
}

/** The rules on the left with what each finds; what they come to, and the way on, on the right. */
export function RulesEditor({ campaign, classes, saved }: EditorProps) {
  const t = useT("rules");
  const [rules, setRules] = useState<readonly EditedRule[]>(() => editedFrom(saved.rules));
  const known = new Set(classes.map(({ id }) => id));
  const whole = rules.filter((rule) => isWhole(rule) && known.has(rule.label));
  const sent = whole.map(sentOf);
  const preview = useQuery(weakPreviewQuery(campaign.id, useRested(sent, REST_MS)));
  const faults = faultsIn(preview.error);
  const figures = new Map(
    preview.data?.asked.map((rule, at) => [JSON.stringify(rule), preview.data?.rules[at]]),
  );
  const runs = useQuery(prelabelsQuery(campaign.id)).data?.runs ?? [];
  const change = (id: number, changes: Partial<EditedRule>) =>
    setRules(rules.map((rule) => (rule.id === id ? { ...rule, ...changes } : rule)));
  const cardOf = (rule: EditedRule, at: number) => {
    const found: WeakFigures | undefined = figures.get(JSON.stringify(sentOf(rule)));
    return (
      <RuleCard
        key={rule.id}
        rule={rule}
        number={at + 1}
        classes={classes}
        faults={faults.get(whole.indexOf(rule)) ?? {}}
        found={found && preview.data ? { figures: found, texts: preview.data.looked_at } : null}
        onChange={(changes) => change(rule.id, changes)}
        onRemove={() => setRules(rules.filter(({ id }) => id !== rule.id))}
      />
    );
  };
  return (
    <Stack>
      <Split
        side={
          <div className={styles.side}>
            <RulesSummary query={preview} task={campaign.task} isFaulty={faults.size > 0} />
            <RulesApply
              campaign={campaign}
              saved={saved}
              rules={sent}
              isFaulty={preview.isError}
              isUnderWay={runs.some(({ job }) => job?.state === "queued" || job?.state === "running")}
              onTake={(theirs) => setRules(editedFrom(theirs.rules))}
            />
          </div>
        }
      >
        {rules.length === 0 ? (
          <EmptyState compact title={t("empty")}>
            {t("emptyHint")}
          </EmptyState>
        ) : (
          <ol className={styles.rules} aria-label={t("list")}>
            {rules.map(cardOf)}
          </ol>
        )}
        <div>
          <Button
            icon={<IconPlus size={16} />}
            disabled={rules.length >= MAX_RULES}
            onClick={() => setRules(withNew(rules, rules.at(-1)?.label ?? classes[0]?.id ?? ""))}
          >
            {t("add")}
          </Button>
        </div>
      </Split>
      {runs.length > 0 ? <PrelabelRuns runs={runs} /> : null}
    </Stack>
  );
}
