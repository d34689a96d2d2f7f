import { IconArrowDown, IconArrowUp, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { lookup, useT } from "@/i18n";
import { IconButton, Row, Stack } from "@/ui";
import { ParamField } from "./ParamField";
import type { PlainStep, StepOperator, StepWords } from "./steps";
import styles from "./steps.module.css";

interface StepProps {
  words: StepWords;
  step: PlainStep;
  operator: StepOperator | undefined;
  isFirst: boolean;
  isLast: boolean;
  /** What the server said about the parameters, by their names. */
  errors?: Readonly<Record<string, string>>;
  onParams: (params: Readonly<Record<string, unknown>>) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
  /** The keyboard or the mouse went on to something else. */
  onLeave?: () => void;
  /** Below the parameters. */
  children?: ReactNode;
}

/** One step: its operator, its place in the order, the form of its parameters. */
export function StepCard({
  words,
  step,
  operator,
  onParams,
  children,
  errors,
  onLeave,
  ...place
}: StepProps) {
  const title = lookup(words, `op_${step.op}`) ?? step.op;
  const properties = Object.entries(operator?.params_schema.properties ?? {});
  return (
    <li
      className={styles.step}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) onLeave?.();
      }}
    >
      <Row justify="between">
        <h2>{title}</h2>
        <Place title={title} {...place} />
      </Row>
      <p className="muted small">{lookup(words, `opText_${step.op}`) ?? ""}</p>
      <Stack gap={12}>
        {properties.map(([name, rule]) => (
          <ParamField
            key={name}
            words={words}
            op={step.op}
            name={name}
            rule={rule}
            value={step.params[name]}
            params={step.params}
            error={errors?.[name]}
            onChange={(value) => onParams({ ...step.params, [name]: value })}
          />
        ))}
        {children}
      </Stack>
    </li>
  );
}

function Place({
  title,
  isFirst,
  isLast,
  onMove,
  onRemove,
}: Pick<StepProps, "isFirst" | "isLast" | "onMove" | "onRemove"> & { title: string }) {
  const t = useT("app");
  return (
    <Row gap={4}>
      <IconButton
        size="sm"
        label={t("stepEarlier", { step: title })}
        disabled={isFirst}
        onClick={() => onMove(-1)}
      >
        <IconArrowUp size={16} />
      </IconButton>
      <IconButton
        size="sm"
        label={t("stepLater", { step: title })}
        disabled={isLast}
        onClick={() => onMove(1)}
      >
        <IconArrowDown size={16} />
      </IconButton>
      <IconButton size="sm" label={t("stepRemove", { step: title })} onClick={onRemove}>
        <IconX size={16} />
      </IconButton>
    </Row>
  );
}
