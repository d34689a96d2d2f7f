import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import { type ButtonVariant, buttonClass } from "./Button";
import { cx } from "./cx";

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  variant?: ButtonVariant;
  size?: "sm" | "md" | "lg";
  icon?: ReactNode;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ variant, size, icon, className, children, ...rest }: AnchorProps) {
  return (
    <a {...rest} className={cx(buttonClass(variant, size), className)}>
      {icon}
      {children}
    </a>
  );
}

/** A typed link of the router that looks like a button. */
export const LinkButton = createLink(Anchor);
