import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  type ToggleEvent,
  useId,
  useLayoutEffect,
  useRef,
} from "react";
import { cx } from "./cx";
import styles from "./overlays.module.css";
import { place } from "./place";

interface TargetProps {
  popoverTarget?: string;
  onClick?: undefined;
  "aria-expanded"?: boolean;
  "aria-haspopup"?: "menu" | "dialog";
}

export interface FloatingProps {
  open: boolean;
  onChange: (open: boolean) => void;
  /** The button that opens it; it needs no `onClick`. */
  target: ReactElement<TargetProps>;
  children: ReactNode;
  label?: string;
  role: "dialog" | "menu";
  className?: string;
  width?: number;
}

/** The button that opened the panel in which this is, or itself outside of any. */
export function openerOf(element: Element | null): Element | null {
  const panel = element?.closest("[popover]");
  return panel ? document.querySelector(`[popovertarget="${panel.id}"]`) : element;
}

/**
 * A panel in the browser's top layer (`popover="auto"`): a click elsewhere or Escape closes it, and it lies
 * over dialogs. Only its place is ours.
 */
export function Floating({ open, onChange, target, children, label, role, className, width }: FloatingProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = panel.current;
    if (!element || element.matches(":popover-open") === open) return;
    if (open) element.showPopover();
    else element.hidePopover();
  }, [open]);
  // What is inside is rendered once it is open: only then is its size known and something there to focus.
  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return;
    element.style.visibility = open ? "visible" : "hidden";
    const button = document.querySelector(`[popovertarget="${id}"]`);
    if (!open || !button || !element.matches(":popover-open")) return;
    const at = place(button.getBoundingClientRect(), element.offsetWidth, element.offsetHeight, "end");
    element.style.left = `${at.left}px`;
    element.style.top = `${at.top}px`;
    const first = element.querySelector(
      "input:checked:not(:disabled),button:not(:disabled),a[href],input:not(:disabled)",
    );
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  }, [open, id]);
  const settle = (event: ToggleEvent<HTMLDivElement>) => {
    const isOpen = event.newState === "open";
    if (isOpen !== open) onChange(isOpen);
  };
  return (
    <>
      {cloneElement(target, {
        popoverTarget: id,
        onClick: undefined,
        "aria-expanded": open,
        "aria-haspopup": role,
      })}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: the role is "dialog" or "menu", both take a label */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role={role}
        aria-label={label}
        className={cx(styles.dropdown, className)}
        style={{ width, visibility: "hidden" }}
        onToggle={settle}
      >
        {open ? children : null}
      </div>
    </>
  );
}

export type PopoverProps = Omit<FloatingProps, "role" | "className">;

/** A small free-form panel under its button. */
export function Popover({ width = 320, ...rest }: PopoverProps) {
  return (
    <Floating
      {...rest}
      width={width}
      role="dialog"
      {...(styles.popover ? { className: styles.popover } : {})}
    />
  );
}
