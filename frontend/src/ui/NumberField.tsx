import { NumberInput } from "@mantine/core";
import { type FieldBase, fieldClasses, wording } from "./fieldBase";

export interface NumberFieldProps extends FieldBase {
  placeholder?: string;
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number;
  max?: number;
  step?: number;
  suffix?: string;
  decimals?: number;
}

/** A number with arrows; `null` while it is empty. */
export function NumberField({
  value,
  onChange,
  min,
  max,
  step,
  suffix,
  decimals,
  placeholder,
  ...rest
}: NumberFieldProps) {
  return (
    <NumberInput
      {...wording(rest)}
      value={value ?? ""}
      placeholder={placeholder}
      min={min}
      max={max}
      step={step ?? 1}
      suffix={suffix}
      decimalScale={decimals}
      clampBehavior="blur"
      classNames={fieldClasses}
      onChange={(next) => onChange(next === "" ? null : Number(next))}
    />
  );
}
