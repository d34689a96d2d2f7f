import { type BoxTuple, boxBetween, type ImagePoint } from "../geometry";

/** Drawing a box: by dragging, or by two clicks. The tool stays armed after each. */
export type BoxTool =
  | { readonly kind: "idle" }
  | { readonly kind: "pressed"; readonly from: ImagePoint; readonly to: ImagePoint }
  | { readonly kind: "placing"; readonly from: ImagePoint; readonly to: ImagePoint };

export type BoxInput =
  | { readonly type: "down" | "move" | "up"; readonly at: ImagePoint }
  | { readonly type: "escape" };

export const BOX_IDLE: BoxTool = { kind: "idle" };

/** Pure: same state and input, same answer. A press that moves less than `minSize` is the first of two clicks. */
export function boxTool(state: BoxTool, input: BoxInput, minSize: number): readonly [BoxTool, BoxTuple?] {
  if (input.type === "escape") return [BOX_IDLE];
  if (state.kind === "idle")
    return input.type === "down" ? [{ kind: "pressed", from: input.at, to: input.at }] : [state];
  if (input.type === "move") return [{ ...state, to: input.at }];
  if (input.type === "down") return [{ ...state, to: input.at }];
  return finish(state.kind, boxBetween(state.from, input.at), state.from, input.at, minSize);
}

function finish(
  kind: "pressed" | "placing",
  box: BoxTuple,
  from: ImagePoint,
  to: ImagePoint,
  minSize: number,
): readonly [BoxTool, BoxTuple?] {
  if (box[2] >= minSize && box[3] >= minSize) return [BOX_IDLE, box];
  const isClick = Math.max(box[2], box[3]) < minSize;
  return kind === "pressed" && isClick ? [{ kind: "placing", from, to }] : [BOX_IDLE];
}

/** The box as it would be if it ended here. */
export function draftOf(state: BoxTool): BoxTuple | null {
  return state.kind === "idle" ? null : boxBetween(state.from, state.to);
}
