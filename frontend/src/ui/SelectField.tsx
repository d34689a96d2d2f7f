import { IconChevronDown } from "@tabler/icons-react";
import { useId } from "react";
import { cx } from "./cx";
import styles from "./Field.module.css";
import type { FieldBase } from "./fieldBase";

export interface Option<V extends string = string> {
  value: V;
  label: string;
  disabled?: boolean;
}

export interface SelectFieldProps<V extends string> extends FieldBase {
  value: V | null;
  onChange: (value: V | null) => void;
  options: readonly Option<V>[];
  placeholder?: string;
  clearable?: boolean;
}

/** One of a list: the browser's own select, which types ahead and works on every device. */
export function SelectField<V extends string>({
  value,
  onChange,
  options,
  placeholder,
  clearable,
  ...field
}: SelectFieldProps<V>) {
  const id = useId();
  const { label, hint, error, hideLabel, disabled, required, name } = field;
  const choose = (chosen: string) =>
    onChange(options.find((option) => option.value === chosen)?.value ?? null);
  return (
    <div className={styles.root}>
      <label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
        {label}
      </label>
      {hint ? (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      ) : null}
      <span className={styles.selectWrap}>
        <select
          id={id}
          name={name}
          className={cx(styles.select, value === null && "muted")}
          value={value ?? ""}
          disabled={disabled}
          required={required}
          aria-invalid={error ? true : undefined}
          aria-describedby={
            [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined
          }
          onChange={(event) => choose(event.currentTarget.value)}
        >
          {value === null || clearable ? (
            <option value="" disabled={!clearable}>
              {placeholder ?? "–"}
            </option>
          ) : null}
          {options.map((option) => (
            <option key={option.value} value={option.value} disabled={option.disabled}>
              {option.label}
            </option>
          ))}
        </select>
        <IconChevronDown size={16} className={styles.chevron} aria-hidden />
      </span>
      {error ? (
        <span id={`${id}-error`} className={styles.error}>
          {error}
        </span>
      ) : null}
    </div>
  );
}
