import {
  Checkbox,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  Slider,
  Switch,
  Textarea,
  TextInput,
} from "@mantine/core";
import type { ChangeEvent, HTMLAttributes, ReactNode, Ref } from "react";
import { useId } from "react";
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

const classNames = {
  root: styles.root ?? "",
  label: styles.label ?? "",
  description: styles.hint ?? "",
  error: styles.error ?? "",
  input: styles.input ?? "",
};

function wording({ label, hint, error, hideLabel, required, disabled, name }: FieldBase) {
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

export interface TextFieldProps extends FieldBase {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
  autoComplete?: string;
  type?: "text" | "search" | "email" | "url";
  icon?: ReactNode;
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
  onKeyDown?: HTMLAttributes<HTMLInputElement>["onKeyDown"];
}

/** One line of text. */
export function TextField({ value, onChange, icon, mono, ...rest }: TextFieldProps) {
  const { placeholder, autoFocus, autoComplete, type, ref, onKeyDown } = rest;
  return (
    <TextInput
      {...wording(rest)}
      ref={ref}
      value={value}
      placeholder={placeholder}
      data-autofocus={autoFocus || undefined}
      autoFocus={autoFocus ?? false}
      autoComplete={autoComplete ?? "off"}
      type={type ?? "text"}
      onKeyDown={onKeyDown}
      leftSection={icon}
      classNames={{ ...classNames, input: mono ? `${styles.input} mono` : (styles.input ?? "") }}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.value)}
    />
  );
}

/** A password with a button that shows it. */
export function PasswordField({
  value,
  onChange,
  autoComplete,
  autoFocus,
  ...rest
}: TextFieldProps & { showLabel: string }) {
  return (
    <PasswordInput
      {...wording(rest)}
      value={value}
      autoFocus={autoFocus ?? false}
      autoComplete={autoComplete ?? "current-password"}
      classNames={classNames}
      visibilityToggleButtonProps={{ "aria-label": rest.showLabel }}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.value)}
    />
  );
}

export interface NumberFieldProps extends FieldBase {
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
  ...rest
}: NumberFieldProps) {
  return (
    <NumberInput
      {...wording(rest)}
      value={value ?? ""}
      min={min}
      max={max}
      step={step ?? 1}
      suffix={suffix}
      decimalScale={decimals}
      clampBehavior="blur"
      classNames={classNames}
      onChange={(next) => onChange(next === "" ? null : Number(next))}
    />
  );
}

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
  searchable?: boolean;
  clearable?: boolean;
  empty?: string;
}

/** One of a list. */
export function SelectField<V extends string>({
  value,
  onChange,
  options,
  placeholder,
  searchable,
  clearable,
  empty,
  ...rest
}: SelectFieldProps<V>) {
  return (
    <Select<V>
      {...wording(rest)}
      value={value}
      data={[...options]}
      placeholder={placeholder}
      searchable={searchable ?? false}
      clearable={clearable ?? false}
      allowDeselect={clearable ?? false}
      nothingFoundMessage={empty}
      checkIconPosition="right"
      comboboxProps={{ transitionProps: { duration: 80 } }}
      classNames={{ ...classNames, dropdown: styles.dropdown ?? "", option: styles.option ?? "" }}
      onChange={onChange}
    />
  );
}

export interface TextareaFieldProps extends FieldBase {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  rows?: number;
  mono?: boolean;
}

/** Several lines of text. */
export function TextareaField({ value, onChange, placeholder, rows = 4, mono, ...rest }: TextareaFieldProps) {
  return (
    <Textarea
      {...wording(rest)}
      value={value}
      placeholder={placeholder}
      rows={rows}
      classNames={{ ...classNames, input: `${styles.input} ${styles.textarea} ${mono ? "mono" : ""}` }}
      onChange={(event: ChangeEvent<HTMLTextAreaElement>) => onChange(event.currentTarget.value)}
    />
  );
}

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

export interface SliderFieldProps extends FieldBase {
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  step?: number;
  format?: (value: number) => string;
}

/** A number on a line, its value in figures beside the label. */
export function SliderField({
  value,
  onChange,
  min,
  max,
  step,
  format,
  label,
  hint,
  disabled,
}: SliderFieldProps) {
  const id = useId();
  const text = format ? format(value) : String(value);
  return (
    <div className={styles.slider}>
      <div className={styles.sliderHead}>
        <span id={id} className={styles.label}>
          {label}
        </span>
        <span className="num muted">{text}</span>
      </div>
      <Slider
        value={value}
        onChange={onChange}
        min={min}
        max={max}
        step={step ?? 1}
        label={null}
        size={4}
        thumbSize={16}
        color="var(--accent)"
        disabled={disabled ?? false}
        thumbProps={{ "aria-labelledby": id, "aria-valuetext": text }}
      />
      {hint ? <span className={styles.hint}>{hint}</span> : null}
    </div>
  );
}

export interface SegmentedProps<V extends string> {
  label: string;
  value: V;
  onChange: (value: V) => void;
  options: readonly { value: V; label: ReactNode }[];
  /** Show the label above; otherwise it is for screen readers. */
  showLabel?: boolean;
  fullWidth?: boolean;
}

/** One of two to five, all in sight. */
export function SegmentedField<V extends string>({
  label,
  value,
  onChange,
  options,
  showLabel,
  fullWidth,
}: SegmentedProps<V>) {
  return (
    <div className={styles.segmentedRoot}>
      {showLabel ? <span className={styles.label}>{label}</span> : null}
      <SegmentedControl<V>
        aria-label={label}
        value={value}
        onChange={onChange}
        data={[...options]}
        fullWidth={fullWidth ?? false}
        transitionDuration={0}
        classNames={{
          root: styles.segmented ?? "",
          label: styles.segmentedLabel ?? "",
          indicator: styles.segmentedIndicator ?? "",
        }}
      />
    </div>
  );
}
