import { useEffect, useRef } from "react";
import type { Levels } from "@/annotator/levels";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import { View } from "@/annotator/view";
import type { ViewGroup } from "@/annotator/viewGroup";
import styles from "./annotate.module.css";

export interface PreviewProps {
  levels: Levels | null;
  shapes: Shapes;
  style: Style;
  className?: string | undefined;
  /** Others beside it that move and zoom with it. */
  group?: ViewGroup;
}

/** A picture with its shapes, to be looked at only. */
export function Preview({ levels, shapes, style, className = styles.preview, group }: PreviewProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new View(host.current, style);
    const viewport = group?.viewport;
    const leave = group?.join(host.current, view);
    view.setImage(levels, shapes, viewport);
    return () => {
      leave?.();
      view.dispose();
    };
  }, [levels, shapes, style, group]);
  return <div ref={host} className={className} />;
}
