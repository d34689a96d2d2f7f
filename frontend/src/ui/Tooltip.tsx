import { type ReactElement, type ReactNode, type SyntheticEvent, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import styles from "./overlays.module.css";
import { place } from "./place";

const DELAY_MS = 500;

/** A hint after half a second of rest. Never the only place of a fact: the child carries its own name. */
export function Tooltip({ label, children }: { label: ReactNode; children: ReactElement }) {
  const [shown, setShown] = useState<{ rect: DOMRect; layer: Element } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const hide = () => {
    clearTimeout(timer.current);
    setShown(null);
  };
  const show = (event: SyntheticEvent<HTMLElement>) => {
    const target = event.currentTarget.firstElementChild;
    clearTimeout(timer.current);
    // A modal dialog or an open popover lies over everything outside it.
    const layer = target?.closest("dialog, [popover]") ?? document.body;
    if (target)
      timer.current = setTimeout(() => setShown({ rect: target.getBoundingClientRect(), layer }), DELAY_MS);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: listens for hover and focus of the control inside
    <span
      className={styles.tooltipHost}
      onPointerEnter={show}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={show}
      onBlur={hide}
    >
      {children}
      {shown ? createPortal(<Bubble anchor={shown.rect}>{label}</Bubble>, shown.layer) : null}
    </span>
  );
}

function Bubble({ anchor, children }: { anchor: DOMRect; children: ReactNode }) {
  const settle = (element: HTMLDivElement | null) => {
    if (!element) return;
    const at = place(anchor, element.offsetWidth, element.offsetHeight, "center");
    element.style.left = `${at.left}px`;
    element.style.top = `${at.top}px`;
  };
  return (
    <div ref={settle} role="tooltip" className={styles.tooltip}>
      {children}
    </div>
  );
}
