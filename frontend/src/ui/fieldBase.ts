import type { ReactNode } from "react";
import styles from "./Field.module.css";

export interface FieldBase {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  disabled?: boolean;
  name?: string;
  /** Keep the label for screen readers only. */
  hideLabel?: boolean;
}

export const fieldClasses = {
  root: styles.root ?? "",
  label: styles.label ?? "",
  description: styles.hint ?? "",
  error: styles.error ?? "",
  input: styles.input ?? "",
};

/** Label, hint and error as Mantine takes them. */
export function wording({ label, hint, error, hideLabel, required, disabled, name }: FieldBase) {
  return {
    label: hideLabel ? undefined : label,
    "aria-label": hideLabel && typeof label === "string" ? label : undefined,
    description: hint,
    error,
    required: required ?? false,
    disabled: disabled ?? false,
    name,
    withAsterisk: false,
  };
}
