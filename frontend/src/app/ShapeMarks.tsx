import { drawingOf, type Geometry, type Lines } from "@/annotator/forms";
import type { BoxTuple } from "@/api/types";
import styles from "./shapeMarks.module.css";

export interface Marked extends Geometry {
  readonly id?: string;
  readonly label: string;
  readonly box?: BoxTuple;
  readonly source?: string;
}

export interface ShapeMarksProps {
  shapes: readonly Marked[];
  width: number;
  height: number;
  colorOf: (label: string) => string;
  linesOf?: (label: string) => Lines;
  /** The one that is meant, where one is: the others step back. */
  chosen?: string | undefined;
  className?: string;
}

/** Boxes, outlines, masks, lines and key points over a picture of this size; the picture says it in words. */
export function ShapeMarks({ shapes, width, height, colorOf, linesOf, chosen, className }: ShapeMarksProps) {
  const placed = shapes.filter((shape) => shape.box);
  return (
    <svg className={className} viewBox={`0 0 ${width} ${height}`} aria-hidden>
      {placed.map((shape, at) => (
        <Mark
          // biome-ignore lint/suspicious/noArrayIndexKey: nothing moves within a drawing, it is drawn anew
          key={at}
          shape={shape}
          color={colorOf(shape.label)}
          lines={linesOf?.(shape.label)}
          isChosen={chosen ? shape.id === chosen : undefined}
        />
      ))}
    </svg>
  );
}

interface MarkProps {
  shape: Marked;
  color: string;
  lines: Lines | undefined;
  isChosen: boolean | undefined;
}

function Mark({ shape, color, lines, isChosen }: MarkProps) {
  const { area, line, seen, hidden } = drawingOf(shape, lines);
  return (
    <g className={styles.mark} color={color} data-source={shape.source} data-chosen={isChosen}>
      {area ? <path className={styles.area} d={area} /> : null}
      {line ? <path className={styles.line} d={line} /> : null}
      {hidden ? <path className={styles.ring} d={hidden} /> : null}
      {hidden ? <path className={styles.hollow} d={hidden} /> : null}
      {seen ? <path className={styles.halo} d={seen} /> : null}
      {seen ? <path className={styles.seen} d={seen} /> : null}
    </g>
  );
}
