import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./Button.module.css";
import { cx } from "./cx";
import { Tooltip } from "./Tooltip";

export type ButtonVariant = "primary" | "default" | "quiet" | "danger";

interface Look {
  variant?: ButtonVariant;
  size?: "sm" | "md" | "lg";
  icon?: ReactNode;
  trailing?: ReactNode;
}

export interface ButtonProps extends Look, ButtonHTMLAttributes<HTMLButtonElement> {
  loading?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** Class names of a button, for links that must look like one (`<Link className={buttonClass("primary")}>`). */
export function buttonClass(variant: ButtonVariant = "default", size: "sm" | "md" | "lg" = "md"): string {
  return cx(styles.button, styles[variant], styles[size]);
}

/** A button with a verb on it. While `loading` it keeps its width and cannot be pressed again. */
export function Button({
  variant,
  size,
  icon,
  trailing,
  loading,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || loading}
      aria-busy={loading || undefined}
      className={cx(buttonClass(variant, size), loading && styles.loading, className)}
    >
      {icon}
      {children}
      {trailing}
      {loading ? <span className={styles.spinner} aria-hidden /> : null}
    </button>
  );
}

/** A plain anchor that looks like a button: downloads and pages outside the app. Inside, use LinkButton. */
export function AnchorButton({
  variant,
  size,
  icon,
  trailing,
  className,
  children,
  ...rest
}: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a {...rest} className={cx(buttonClass(variant, size), className)}>
      {icon}
      {children}
      {trailing}
    </a>
  );
}

export interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Said by screen readers and shown as the tooltip. */
  label: string;
  hint?: ReactNode;
  active?: boolean;
  size?: "sm" | "md" | "lg";
  variant?: ButtonVariant;
  ref?: Ref<HTMLButtonElement>;
}

/** A square button with one icon; its label is the tooltip. */
export function IconButton({
  label,
  hint,
  active,
  size = "md",
  variant = "quiet",
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip
      label={
        hint ? (
          <>
            {label} {hint}
          </>
        ) : (
          label
        )
      }
    >
      <button
        type="button"
        aria-label={label}
        aria-pressed={active}
        {...rest}
        className={cx(buttonClass(variant, size), styles.icon, active && styles.active, className)}
      >
        {children}
      </button>
    </Tooltip>
  );
}
