import { NumberInput } from "@mantine/core";
import { useState } from "react";
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

/**
 * A number with arrows; `null` while it is empty.
 *
 * What is being typed stays as it is until the field is left, whatever the owner makes of it.
 */
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
  const [typed, setTyped] = useState<number | string | null>(null);
  return (
    <NumberInput
      {...wording(rest)}
      value={typed ?? value ?? ""}
      placeholder={placeholder}
      min={min}
      max={max}
      step={step ?? 1}
      suffix={suffix}
      decimalScale={decimals}
      clampBehavior="blur"
      classNames={fieldClasses}
      onChange={(next) => {
        setTyped(next);
        onChange(next === "" ? null : Number(next));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
