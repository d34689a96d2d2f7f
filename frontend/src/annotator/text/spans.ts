import type { Shape, Shapes } from "../model";
import type { RelationType } from "./relations";
import type { Range } from "./units";

export type SpanShape = Shape & Range;

/** What was done, for those who do not see it. */
export type Told =
  | { readonly kind: "added" | "deleted" | "chosen" | "changed" | "again"; readonly span: SpanShape }
  | { readonly kind: "selected"; readonly text: string }
  | { readonly kind: "linking" | "leadsTo" | "leadsNowhere"; readonly span: SpanShape }
  | {
      readonly kind: "linked" | "unlinked";
      readonly from: SpanShape;
      readonly to: SpanShape;
      readonly type: string;
    }
  | { readonly kind: "nothing" | "undone" | "redone" };

/** A relation in the making: where it begins, and where it shall lead. */
export interface Linking {
  readonly from: string;
  readonly to: string | null;
}

export interface SpanState {
  readonly shapes: readonly SpanShape[];
  /** Where keys act, and where the selection began. */
  readonly caret: number;
  readonly anchor: number;
  readonly chosen: string | null;
  readonly told: Told | null;
  readonly linking: Linking | null;
  /** The key of the relation that is pointed at. */
  readonly relation: string | null;
  readonly types: readonly RelationType[];
  readonly readOnly: boolean;
}

export const EMPTY: SpanState = {
  ...{ shapes: [], caret: 0, anchor: 0, chosen: null, told: null, linking: null, relation: null },
  ...{ types: [], readOnly: false },
};

/** The shapes that are spans, first by their beginning, the longer one first. */
export const spansOf = (shapes: Shapes): SpanShape[] =>
  shapes
    .filter((shape): shape is SpanShape => shape.start !== undefined && shape.end !== undefined)
    .sort((a, b) => a.start - b.start || b.end - a.end);
