import { PasswordInput, Textarea, TextInput } from "@mantine/core";
import type { ChangeEvent, HTMLAttributes, ReactNode, Ref } from "react";
import styles from "./Field.module.css";
import { type FieldBase, fieldClasses, wording } from "./fieldBase";

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
      classNames={{ ...fieldClasses, input: mono ? `${styles.input} mono` : (styles.input ?? "") }}
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
      classNames={{ ...fieldClasses, visibilityToggle: styles.eye ?? "" }}
      visibilityToggleButtonProps={{ "aria-label": rest.showLabel }}
      onChange={(event: ChangeEvent<HTMLInputElement>) => onChange(event.currentTarget.value)}
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
      classNames={{ ...fieldClasses, input: `${styles.input} ${styles.textarea} ${mono ? "mono" : ""}` }}
      onChange={(event: ChangeEvent<HTMLTextAreaElement>) => onChange(event.currentTarget.value)}
    />
  );
}
