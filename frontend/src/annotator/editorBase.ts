import { type Asked, askedAnew, begun, saying } from "./asking";
import type { EditorOptions, EditorState, Refusal, ToolName } from "./editorState";
import type { BoxTuple } from "./geometry";
import { addStep, changeStep, removeStep, type Shape, type Step } from "./model";
import type { Style } from "./paint";
import type { Session } from "./session";
import { movedTo, shifted } from "./shapes";
import { View } from "./view";

let clipboard: readonly Shape[] = [];

/** Shapes on a host element: what is chosen, locked and hidden, and every change that is one step of the history. */
export abstract class EditorBase {
  readonly view: View;
  readonly readOnly: boolean;
  protected session: Session | null = null;
  protected style: Style;
  protected state: EditorState;
  private readonly listeners = new Set<() => void>();

  constructor(
    host: HTMLElement,
    protected readonly options: EditorOptions,
  ) {
    this.style = options.style;
    this.readOnly = options.tools.length === 0;
    this.view = new View(host, options.style);
    this.state = {
      tool: options.tools[0] ?? "select",
      label: options.label,
      selection: new Set(),
      shapes: [],
      locked: new Set(),
      hidden: new Set(),
      active: null,
      drafted: 0,
      brush: 12,
      magic: "idle",
      announcement: "",
    };
  }

  /** The color of what is drawn next. */
  get draftColor(): string {
    return this.style.colorOf(this.state.label);
  }

  colorOf(label: string): string {
    return this.style.colorOf(label);
  }

  get current(): EditorState {
    return this.state;
  }

  get tools(): readonly ToolName[] {
    return this.options.tools;
  }

  /** The one selected shape when it may be changed. */
  get lone(): Shape | undefined {
    const { selection, locked } = this.state;
    const id = [...selection][0];
    return selection.size === 1 && id && !locked.has(id) ? this.shapeOf(id) : undefined;
  }

  askedOf(label: string): readonly Asked[] {
    return this.style.askedOf?.(label) ?? [];
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How classes look now. One that is gone is not drawn with any more, `first` is. */
  setStyle(style: Style, first: string): void {
    this.style = style;
    this.view.setStyle(style);
    if (style.isKnown?.(this.state.label) === false) this.update({ label: first });
  }

  /** The class of the selection, or of what is drawn next. */
  setLabel(label: string): void {
    const { selection } = this.state;
    this.update({ label });
    if (selection.size === 0 || this.readOnly) return;
    this.commit(
      changeStep(this.state.shapes, selection, (shape) => {
        const before = this.askedOf(shape.label);
        return askedAnew(relabeled(shape, label), before, this.askedOf(label));
      }),
    );
    this.speak("changed", [...selection][0]);
  }

  select(ids: ReadonlySet<string>, reveal = false): void {
    this.update({ selection: ids, active: null });
    this.view.setSelection(ids);
    const shape = this.shapeOf([...ids][0]);
    if (shape?.box && reveal) this.view.reveal(shape.box);
    if (shape && ids.size === 1) this.speak("selected", shape.id);
  }

  add(shape: Shape): void {
    this.commit(addStep(this.state.shapes, [begun(shape, this.askedOf(shape.label))]));
    this.select(new Set([shape.id]));
    this.speak("added", shape.id);
  }

  /** Put a shape in the place of the one with its id. */
  change(shape: Shape): void {
    this.commit(changeStep(this.state.shapes, new Set([shape.id]), () => shape));
    this.speak("reshaped", shape.id);
  }

  /** Say this of an attribute of a shape; an empty value takes the word back. */
  say(id: string, name: string, value: string): void {
    if (this.readOnly || this.state.locked.has(id)) return;
    this.commit(changeStep(this.state.shapes, new Set([id]), (shape) => saying(shape, name, value)));
    this.speak("reshaped", id);
  }

  /** Change the selected shapes that can be, as one step; says so when none can. */
  alter(change: (shape: Shape) => Shape | null): void {
    const step = changeStep(this.state.shapes, this.editable(), (shape) => change(shape) ?? shape);
    if (step.length === 0) {
      this.tell("noCommand");
      return;
    }
    this.update({ active: null });
    this.commit(step);
    this.speak("reshaped", [...this.state.selection][0]);
  }

  /** Set the boxes of these ids, as one step; forms move with theirs. */
  reshape(moved: readonly { id: string; box: BoxTuple }[]): void {
    const boxes = new Map(moved.map((entry) => [entry.id, entry.box]));
    this.commit(
      changeStep(this.state.shapes, new Set(boxes.keys()), (shape) =>
        reshaped(shape, boxes.get(shape.id), this.view.image),
      ),
    );
  }

  /** Put shapes in the place of others, as one step: those with their ids are changed, the rest comes or goes. */
  exchange(ids: ReadonlySet<string>, shapes: readonly Shape[]): void {
    const { shapes: before } = this.state;
    const stays = new Map(shapes.filter(({ id }) => ids.has(id)).map((shape) => [shape.id, shape]));
    const goes = new Set([...ids].filter((id) => !stays.has(id)));
    const changes = changeStep(before, new Set(stays.keys()), (shape) => stays.get(shape.id) ?? shape);
    const left = before.filter(({ id }) => !goes.has(id));
    const added = shapes.filter(({ id }) => !ids.has(id));
    this.commit([...removeStep(before, goes), ...changes, ...addStep(left, added)]);
    this.select(new Set(shapes.map(({ id }) => id)));
  }

  /** What is selected and may be changed, in the order of the shapes. */
  get chosen(): readonly Shape[] {
    const ids = this.editable();
    return this.state.shapes.filter(({ id }) => ids.has(id));
  }

  /** Delete one shape. */
  drop(id: string): void {
    this.speak("deleted", id);
    this.commit(removeStep(this.state.shapes, new Set([id])));
    this.select(new Set());
  }

  copy(): void {
    clipboard = this.state.shapes.filter((shape) => this.state.selection.has(shape.id));
  }

  paste(): void {
    this.insert(clipboard.map((shape) => shifted(shape, 12, 12, this.view.image)));
  }

  /** Add copies of shapes, for pasting and for taking over the previous picture's. */
  insert(shapes: readonly Shape[]): void {
    if (this.readOnly || shapes.length === 0) return;
    const copies = shapes.map((shape): Shape => ({ ...shape, id: crypto.randomUUID(), source: "human" }));
    this.commit(addStep(this.state.shapes, copies));
    this.select(new Set(copies.map((shape) => shape.id)));
  }

  selectAll(): void {
    this.select(new Set(this.state.shapes.filter((shape) => shape.box).map((shape) => shape.id)));
  }

  toggleHidden(): void {
    const { hidden, selection, shapes } = this.state;
    const others = new Set(
      hidden.size > 0 ? [] : shapes.filter((shape) => !selection.has(shape.id)).map((shape) => shape.id),
    );
    this.update({ hidden: others });
    this.view.setHidden(others);
  }

  toggleLocked(): void {
    const locked = new Set(this.state.locked);
    for (const id of this.state.selection) if (!locked.delete(id)) locked.add(id);
    this.update({ locked });
    this.view.setLocked(locked);
  }

  zoomToSelection(): void {
    const shape = this.shapeOf([...this.state.selection][0]);
    if (shape?.box) this.view.zoomTo(shape.box);
  }

  shapeOf(id: string | undefined): Shape | undefined {
    return id === undefined ? undefined : this.view.shapeOf(id);
  }

  protected editable(): ReadonlySet<string> {
    if (this.readOnly) return new Set();
    return new Set([...this.state.selection].filter((id) => !this.state.locked.has(id)));
  }

  protected commit(step: Step): void {
    if (!this.readOnly) this.session?.commit(step);
  }

  protected afterHistory(kind: "undone" | "redone"): void {
    const alive = new Set([...this.state.selection].filter((id) => this.shapeOf(id)));
    this.view.setSelection(alive);
    this.update({
      selection: alive,
      active: null,
      announcement: this.options.say({ kind, number: this.state.shapes.length, label: "" }),
    });
  }

  protected speak(
    kind: "added" | "deleted" | "selected" | "changed" | "reshaped",
    id: string | undefined,
  ): void {
    const at = this.state.shapes.findIndex((shape) => shape.id === id);
    const shape = this.state.shapes[at];
    if (shape)
      this.update({
        announcement: this.options.say({ kind, number: at + 1, label: shape.label, shape: shape.kind }),
      });
  }

  tell(what: Refusal): void {
    this.update({ announcement: this.options.say({ kind: "told", what, number: 0, label: "" }) });
  }

  protected sync(): void {
    const shapes = this.session?.shapes ?? [];
    if (shapes === this.state.shapes) return;
    this.view.setShapes(shapes);
    this.update({ shapes });
  }

  protected update(changes: Partial<EditorState>): void {
    this.state = { ...this.state, ...changes };
    this.notify();
  }

  protected notify(): void {
    for (const listener of this.listeners) listener();
  }
}

function relabeled(shape: Shape, label: string): Shape {
  if (shape.label === label) return shape;
  const { score: _, ...rest } = shape;
  return { ...rest, label, source: "human" };
}

function reshaped(shape: Shape, box: BoxTuple | undefined, image: View["image"]): Shape {
  if (!box) return shape;
  if (shape.kind !== "box") return movedTo(shape, box, image);
  const { score: _, ...rest } = shape;
  return { ...rest, box, source: "human" };
}
