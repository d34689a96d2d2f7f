import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import type { Operator, Step } from "@/api/augment";
import type { JsonSchema } from "@/api/training";
import { language, lookup, useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { IconButton, Row, SelectField, SliderField, Stack, SwitchField } from "@/ui";
import styles from "./augment.module.css";
import type { EditedStep } from "./steps";

interface StepProps {
  step: EditedStep;
  operator: Operator | undefined;
  isFirst: boolean;
  isLast: boolean;
  onChange: (changes: Partial<Step>) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

/** One step: its operator, its place in the order, the form of its parameters. */
export function StepCard({ step, operator, isFirst, isLast, onChange, onMove, onRemove }: StepProps) {
  const t = useT("augment");
  const title = lookup("augment", `op_${step.op}`) ?? step.op;
  const properties = Object.entries(operator?.params_schema.properties ?? {});
  return (
    <li className={styles.step}>
      <Row justify="between">
        <h2>{title}</h2>
        <Row gap={4}>
          <IconButton
            size="sm"
            label={t("earlier", { step: title })}
            disabled={isFirst}
            onClick={() => onMove(-1)}
          >
            <IconArrowUp size={16} />
          </IconButton>
          <IconButton
            size="sm"
            label={t("later", { step: title })}
            disabled={isLast}
            onClick={() => onMove(1)}
          >
            <IconArrowDown size={16} />
          </IconButton>
          <IconButton size="sm" label={t("remove", { step: title })} onClick={onRemove}>
            <IconX size={16} />
          </IconButton>
        </Row>
      </Row>
      <p className="muted small">{lookup("augment", `opText_${step.op}`) ?? ""}</p>
      <Stack gap={12}>
        {properties.map(([name, rule]) => (
          <ParamField
            key={name}
            name={name}
            rule={rule}
            value={step.params[name]}
            onChange={(value) => onChange({ params: { ...step.params, [name]: value } })}
          />
        ))}
        <SliderField
          label={t("share")}
          hint={t("shareHint")}
          value={step.p}
          min={0}
          max={1}
          step={0.05}
          format={(p) => formatPercent(p, 0)}
          onChange={(p) => onChange({ p })}
        />
      </Stack>
    </li>
  );
}

interface ParamProps {
  name: string;
  rule: JsonSchema;
  value: unknown;
  onChange: (value: unknown) => void;
}

function ParamField({ name, rule, value, onChange }: ParamProps) {
  const label = lookup("augment", `param_${name}`) ?? rule.title ?? name;
  const text = lookup("augment", `paramText_${name}`);
  const hint = text ?? (language() === "en" ? rule.description : "");
  if (rule.type === "boolean") {
    return <SwitchField label={label} hint={hint} checked={value === true} onChange={onChange} />;
  }
  if (rule.enum) {
    const options = rule.enum.map((choice) => ({
      value: String(choice),
      label: lookup("augment", `choice_${name}_${choice}`) ?? String(choice),
    }));
    return (
      <SelectField label={label} hint={hint} value={String(value)} options={options} onChange={onChange} />
    );
  }
  const { minimum: low = 0, maximum: high = 1 } = rule;
  return (
    <SliderField
      label={label}
      hint={hint}
      value={typeof value === "number" ? value : low}
      min={low}
      max={high}
      step={rule.type === "integer" ? 1 : stepOf(high - low)}
      onChange={onChange}
    />
  );
}

/** A hundredth or so of the range, as a round number. */
function stepOf(range: number): number {
  return 10 ** Math.floor(Math.log10(range / 50));
}
