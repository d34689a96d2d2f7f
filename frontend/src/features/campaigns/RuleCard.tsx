import { IconX } from "@tabler/icons-react";
import type { LabelClass } from "@/api/types";
import type { WeakFigures } from "@/api/weakRules";
import { classText } from "@/app/classWords";
import { useLanguage, useT } from "@/i18n";
import {
  CheckboxField,
  IconButton,
  Row,
  SegmentedField,
  SelectField,
  Swatch,
  TextareaField,
  TextField,
} from "@/ui";
import { RuleFigures } from "./RuleFigures";
import { type EditedRule, type Faults, isWhole } from "./rules";
import styles from "./rules.module.css";

interface CardProps {
  rule: EditedRule;
  number: number;
  classes: readonly LabelClass[];
  faults: Faults;
  /** What it finds, once that is known, in so many texts. */
  found: { figures: WeakFigures; texts: number } | null;
  onChange: (changes: Partial<EditedRule>) => void;
  onRemove: () => void;
}

/** One rule: the class it speaks for, what it looks for, and what it finds. */
export function RuleCard({ rule, number, classes, faults, found, onChange, onRemove }: CardProps) {
  const t = useT("rules");
  useLanguage();
  const chosen = classes.find(({ id }) => id === rule.label);
  const title = t("ruleNumber", { number });
  return (
    <li className={styles.rule} aria-label={title}>
      <Row justify="between">
        <Row gap={8}>
          {chosen ? <Swatch color={chosen.color} /> : null}
          <h2>{title}</h2>
        </Row>
        <IconButton label={t("remove", { number })} onClick={onRemove}>
          <IconX size={16} />
        </IconButton>
      </Row>
      <div className={styles.choices}>
        <SelectField
          label={t("label")}
          value={chosen ? rule.label : null}
          onChange={(label) => onChange({ label: label ?? "" })}
          options={classes.map((each) => ({ value: each.id, label: classText(each) }))}
          error={chosen ? faults.label : t("classGone")}
        />
        <SegmentedField
          label={t("kind")}
          showLabel
          value={rule.kind}
          onChange={(kind) => onChange({ kind })}
          options={(["words", "pattern"] as const).map((value) => ({ value, label: t(value) }))}
        />
      </div>
      <What rule={rule} faults={faults} onChange={onChange} />
      {found ? <RuleFigures {...found} /> : null}
      {isWhole(rule) ? null : <p className="muted small">{t("unfinished")}</p>}
    </li>
  );
}

type WhatProps = Pick<CardProps, "rule" | "faults" | "onChange">;

function What({ rule, faults, onChange }: WhatProps) {
  const t = useT("rules");
  const said = (detail: string | undefined, key: "refusedPattern" | "refusedField") =>
    detail ? t(key, { detail }) : undefined;
  return (
    <>
      {rule.kind === "words" ? (
        <TextareaField
          label={t("wordsField")}
          hint={t("wordsHint")}
          value={rule.words}
          rows={3}
          onChange={(words) => onChange({ words })}
          error={said(faults.words, "refusedField")}
        />
      ) : (
        <TextField
          label={t("patternField")}
          hint={t("patternHint")}
          mono
          value={rule.pattern}
          onChange={(pattern) => onChange({ pattern })}
          error={said(faults.pattern, "refusedPattern")}
        />
      )}
      <Row gap={16} wrap>
        {rule.kind === "words" ? (
          <CheckboxField
            label={t("wholeWord")}
            checked={rule.wholeWord}
            onChange={(wholeWord) => onChange({ wholeWord })}
          />
        ) : null}
        <CheckboxField
          label={t("matchCase")}
          checked={rule.matchCase}
          onChange={(matchCase) => onChange({ matchCase })}
        />
      </Row>
    </>
  );
}
