import { type CSSProperties, memo, type Ref, useMemo } from "react";
import { blocksOf, LANES, lanesOf, type Piece, type Placed, piecesOf } from "@/annotator/text/layout";
import type { Points, Range } from "@/annotator/text/units";
import { cx } from "@/ui";
import styles from "./spannedText.module.css";

export interface Spanned extends Placed {
  readonly source?: string;
}

export interface SpannedTextProps {
  points: Points;
  spans: readonly Spanned[];
  colorOf: (label: string) => string;
  nameOf: (label: string) => string;
  caret?: number | null;
  selection?: Range | null;
  chosen?: string | null;
  /** Another span that is shown beside the chosen one. */
  second?: string | null;
  /** What stands beside the names of spans: the numbers of their relations. */
  marks?: ReadonlyMap<string, string>;
  caretRef?: Ref<HTMLSpanElement>;
}

const LANE_PX = 4;
const LINE_PX = 27;

/** A text with its spans as lines below it, one lane each where they overlap, in the colors of their classes. */
export function SpannedText({ points, spans, caret = null, selection = null, ...look }: SpannedTextProps) {
  const blocks = useMemo(() => blocksOf(points), [points]);
  const lanes = useMemo(() => lanesOf(spans), [spans]);
  const used = Math.min(LANES, 1 + Math.max(0, ...lanes.values()));
  const style = { "--line": `${LINE_PX + used * LANE_PX}px` } as CSSProperties;
  return (
    <div className={styles.text} style={style} dir="auto">
      {blocks.map((block, index) => {
        const isLast = index === blocks.length - 1;
        const hasCaret =
          caret !== null && caret >= block.start && (caret < block.end || (isLast && caret === block.end));
        return (
          <Block
            key={block.start}
            points={points}
            start={block.start}
            end={block.end}
            spans={spans.filter(({ start, end }) => start < block.end && end > block.start)}
            lanes={lanes}
            caret={hasCaret ? caret : null}
            from={selection ? clip(selection.start, block) : block.start}
            to={selection ? clip(selection.end, block) : block.start}
            {...look}
          />
        );
      })}
    </div>
  );
}

const clip = (at: number, { start, end }: Range) => Math.max(start, Math.min(end, at));

interface BlockProps extends Omit<SpannedTextProps, "selection">, Range {
  lanes: ReadonlyMap<string, number>;
  from: number;
  to: number;
}

/** Nothing in it is drawn again while neither its spans nor the caret in it change. */
const Block = memo(function Block(props: BlockProps) {
  const { points, start, end, spans, caret, from, to } = props;
  const cuts = [from, to, ...(caret === null || caret === undefined ? [] : [caret])];
  const pieces = piecesOf({ start, end }, spans, cuts);
  const atEnd = caret !== null && caret === end;
  return (
    <p className={styles.block} data-at={start}>
      {pieces.map((piece) => (
        <Stretch key={piece.start} {...props} piece={piece} />
      ))}
      {start === end && points.length === 0 ? <span data-at={start} /> : null}
      {atEnd ? <Caret at={end} caretRef={props.caretRef} /> : null}
    </p>
  );
}, isSameBlock);

function isSameBlock(before: BlockProps, after: BlockProps): boolean {
  const isSelf =
    before.points === after.points &&
    before.start === after.start &&
    before.end === after.end &&
    before.caret === after.caret &&
    before.from === after.from &&
    before.to === after.to &&
    before.colorOf === after.colorOf &&
    before.nameOf === after.nameOf;
  return isSelf && isSameSpans(before, after);
}

function isSameSpans(before: BlockProps, after: BlockProps): boolean {
  if (before.spans.length !== after.spans.length) return false;
  return before.spans.every((span, at) => {
    const other = after.spans[at];
    return (
      span === other &&
      before.lanes.get(span.id) === after.lanes.get(span.id) &&
      (before.chosen === span.id) === (after.chosen === span.id) &&
      (before.second === span.id) === (after.second === span.id) &&
      before.marks?.get(span.id) === after.marks?.get(span.id)
    );
  });
}

function Stretch({ piece, ...props }: BlockProps & { piece: Piece<Spanned> }) {
  const { points, caret, from, to, chosen, second, nameOf, colorOf, lanes, marks } = props;
  const isSelected = piece.start >= from && piece.end <= to;
  const text = points.slice(piece.start, piece.end).join("");
  const isMarked = piece.spans.length > 0;
  return (
    <>
      {caret === piece.start ? <Caret at={piece.start} caretRef={props.caretRef} /> : null}
      {piece.begins.map((span) => (
        <span
          key={span.id}
          className={styles.name}
          style={{ "--class": colorOf(span.label) } as CSSProperties}
          data-chosen={span.id === chosen || undefined}
          data-second={span.id === second || undefined}
        >
          {nameOf(span.label)}
          {marks?.has(span.id) ? <span className={styles.marks}>{marks.get(span.id)}</span> : null}
        </span>
      ))}
      <span
        data-at={piece.start}
        data-selected={isSelected || undefined}
        data-spans={isMarked ? piece.spans.length : undefined}
        className={cx(isMarked && styles.marked, isSelected && styles.selected)}
        style={isMarked && !isSelected ? painted(piece.spans, lanes, colorOf, chosen) : undefined}
      >
        {text}
      </span>
    </>
  );
}

interface CaretProps {
  at: number;
  caretRef: Ref<HTMLSpanElement> | undefined;
}

const Caret = ({ at, caretRef }: CaretProps) => (
  <span ref={caretRef} className={styles.caret} aria-hidden data-caret={at} />
);

/** A line for each span on its lane, dashed for what a machine said; the chosen one is filled, too. */
function painted(
  spans: readonly Spanned[],
  lanes: ReadonlyMap<string, number>,
  colorOf: (label: string) => string,
  chosen: string | null | undefined,
): CSSProperties {
  const lines = spans.map((span) => {
    const color = colorOf(span.label);
    const image =
      span.source === "model"
        ? `repeating-linear-gradient(90deg, ${color} 0 5px, transparent 5px 8px)`
        : `linear-gradient(${color}, ${color})`;
    const lane = lanes.get(span.id) ?? 0;
    const width = span.id === chosen ? LANE_PX : LANE_PX - 1.5;
    return { image, place: `0 calc(100% - ${lane * LANE_PX}px)`, width };
  });
  const top = spans.find(({ id }) => id === chosen) ?? spans.at(-1);
  const share = top?.id === chosen ? 34 : 14;
  return {
    backgroundImage: lines.map(({ image }) => image).join(", "),
    backgroundPosition: lines.map(({ place }) => place).join(", "),
    backgroundSize: lines.map(({ width }) => `100% ${width}px`).join(", "),
    backgroundColor: `color-mix(in srgb, ${colorOf(top?.label ?? "")} ${share}%, transparent)`,
  };
}
