import { useEffect, useRef } from "react";
import type { Levels } from "@/annotator/levels";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import { View } from "@/annotator/view";
import styles from "./annotate.module.css";

export interface PreviewProps {
  levels: Levels | null;
  shapes: Shapes;
  style: Style;
  className?: string | undefined;
}

/** A picture with its shapes, to be looked at only. */
export function Preview({ levels, shapes, style, className = styles.preview }: PreviewProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new View(host.current, style);
    view.setImage(levels, shapes);
    return () => view.dispose();
  }, [levels, shapes, style]);
  return <div ref={host} className={className} />;
}
