import { type BoxTuple, type Handle, type ImagePoint, moveBox, resizeBox, type Size } from "../geometry";

/** What lies under the pointer when it goes down. */
export interface Target {
  readonly id: string;
  readonly box: BoxTuple;
  readonly handle: Handle | null;
}

export type SelectTool =
  | { readonly kind: "idle" }
  | {
      readonly kind: "moving";
      readonly targets: readonly Target[];
      readonly from: ImagePoint;
      readonly to: ImagePoint;
    }
  | { readonly kind: "resizing"; readonly target: Target; readonly handle: Handle; readonly to: ImagePoint };

export type SelectInput =
  | { readonly type: "down"; readonly at: ImagePoint; readonly targets: readonly Target[] }
  | { readonly type: "move" | "up"; readonly at: ImagePoint }
  | { readonly type: "escape" };

export const SELECT_IDLE: SelectTool = { kind: "idle" };

export type Moved = readonly { readonly id: string; readonly box: BoxTuple }[];

/** Pure: moving what is selected, or one handle of it. Answers the new boxes when the pointer goes up. */
export function selectTool(
  state: SelectTool,
  input: SelectInput,
  image: Size,
): readonly [SelectTool, Moved?] {
  if (input.type === "escape") return [SELECT_IDLE];
  if (input.type === "down") return [grab(input.targets, input.at)];
  if (state.kind === "idle") return [state];
  if (input.type === "move") return [{ ...state, to: input.at }];
  const moved = previewOf({ ...state, to: input.at }, image);
  return moved.length > 0 ? [SELECT_IDLE, moved] : [SELECT_IDLE];
}

function grab(targets: readonly Target[], at: ImagePoint): SelectTool {
  const gripped = targets.find((target) => target.handle !== null);
  if (gripped?.handle) return { kind: "resizing", target: gripped, handle: gripped.handle, to: at };
  return targets.length > 0 ? { kind: "moving", targets, from: at, to: at } : SELECT_IDLE;
}

/** The boxes as they would be if the drag ended here. */
export function previewOf(state: SelectTool, image: Size): Moved {
  if (state.kind === "idle") return [];
  if (state.kind === "resizing")
    return [{ id: state.target.id, box: resizeBox(state.target.box, state.handle, state.to) }];
  const dx = state.to[0] - state.from[0];
  const dy = state.to[1] - state.from[1];
  if (dx === 0 && dy === 0) return [];
  return state.targets.map(({ id, box }) => ({ id, box: moveBox(box, dx, dy, image) }));
}
