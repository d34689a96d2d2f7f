import type { Shape, Shapes } from "../model";
import type { Stretch } from "./moments";

export type RegionShape = Shape & Stretch;
export type Edge = "start" | "end";

/** What was done, for those who do not see it. */
export type Told =
  | {
      readonly kind: "added" | "deleted" | "chosen" | "changed" | "again";
      readonly region: RegionShape;
    }
  | { readonly kind: "begun"; readonly at: number }
  | { readonly kind: "class"; readonly label: string }
  | { readonly kind: "nothing" | "undone" | "redone" };

export interface RegionState {
  readonly shapes: readonly RegionShape[];
  /** Where a region was begun that has no end yet. */
  readonly from: number | null;
  readonly chosen: string | null;
  /** The class of the next region. */
  readonly label: string;
  readonly told: Told | null;
}

export const NO_REGIONS: RegionState = { shapes: [], from: null, chosen: null, label: "", told: null };

export const isRegion = (shape: Shape): shape is RegionShape =>
  shape.kind === "region" && shape.start !== undefined && shape.end !== undefined;

/** The shapes that are regions, first by their beginning, the longer one first. */
export const regionsOf = (shapes: Shapes): RegionShape[] =>
  shapes.filter(isRegion).sort((a, b) => a.start - b.start || b.end - a.end);
