import { Checkbox, Switch } from "@mantine/core";
import type { ChangeEvent } from "react";
import styles from "./Field.module.css";
import type { FieldBase } from "./fieldBase";

export interface ToggleFieldProps extends FieldBase {
  checked: boolean;
  onChange: (checked: boolean) => void;
  indeterminate?: boolean;
}

/** On or off, at once. */
export function SwitchField({ checked, onChange, label, hint, error, disabled, name }: ToggleFieldProps) {
  return (
    <Switch
      checked={checked}
      label={label}
      description={hint}
      error={error}
      disabled={disabled ?? false}
      name={name}
      color="var(--accent)"
      classNames={{
        label: styles.toggleLabel ?? "",
        description: styles.hint ?? "",
        body: styles.toggleBody ?? "",
        track: styles.track ?? "",
      }}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.checked)}
    />
  );
}

/** Chosen or not, with the rest of the form. */
export function CheckboxField({
  checked,
  onChange,
  label,
  hint,
  error,
  disabled,
  name,
  hideLabel,
  indeterminate,
}: ToggleFieldProps) {
  return (
    <Checkbox
      checked={checked}
      indeterminate={indeterminate ?? false}
      label={hideLabel ? undefined : label}
      aria-label={hideLabel && typeof label === "string" ? label : undefined}
      description={hint}
      error={error}
      disabled={disabled ?? false}
      name={name}
      size="xs"
      color="var(--accent)"
      classNames={{
        label: styles.toggleLabel ?? "",
        description: styles.hint ?? "",
        body: styles.toggleBody ?? "",
      }}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.checked)}
    />
  );
}
