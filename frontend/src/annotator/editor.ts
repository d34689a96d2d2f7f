import { type BoxTuple, moveBox } from "./geometry";
import { BoxGestures } from "./gestures";
import type { Levels } from "./levels";
import { addStep, changeStep, readingOrder, removeStep, type Shape, type Shapes, type Step } from "./model";
import type { Style } from "./paint";
import type { Session } from "./session";
import { View } from "./view";

export type ToolName = "select" | "box";

export interface EditorState {
  readonly tool: ToolName;
  readonly label: string;
  readonly selection: ReadonlySet<string>;
  readonly shapes: Shapes;
  readonly locked: ReadonlySet<string>;
  readonly hidden: ReadonlySet<string>;
  readonly announcement: string;
}

export type Spoken =
  | {
      readonly kind: "added" | "deleted" | "selected" | "changed";
      readonly number: number;
      readonly label: string;
    }
  | { readonly kind: "undone" | "redone"; readonly number: number; readonly label: "" };

let clipboard: readonly Shape[] = [];

/** Box annotation on a host element: the view, the gestures and the commands that keys and buttons call. */
export class BoxEditor {
  readonly view: View;
  private readonly gestures: BoxGestures;
  private readonly listeners = new Set<() => void>();
  private session: Session | null = null;
  private unsubscribe: (() => void) | null = null;
  private state: EditorState;

  constructor(
    host: HTMLElement,
    private style: Style,
    label: string,
    private readonly say: (spoken: Spoken) => string,
    readonly readOnly = false,
  ) {
    this.view = new View(host, style);
    this.state = {
      tool: readOnly ? "select" : "box",
      label,
      selection: new Set(),
      shapes: [],
      locked: new Set(),
      hidden: new Set(),
      announcement: "",
    };
    this.gestures = new BoxGestures(host, this);
  }

  /** The color of what is drawn next. */
  get draftColor(): string {
    return this.style.colorOf(this.state.label);
  }

  get current(): EditorState {
    return this.state;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Show an item: its picture with its session's shapes. */
  open(levels: Levels | null, session: Session): void {
    this.unsubscribe?.();
    this.session = session;
    this.unsubscribe = session.subscribe(() => this.sync());
    this.state = {
      ...this.state,
      selection: new Set(),
      hidden: new Set(),
      locked: new Set(),
      shapes: session.shapes,
      announcement: "",
    };
    this.gestures.reset();
    this.view.setHidden(this.state.hidden);
    this.view.setLocked(this.state.locked);
    this.view.setImage(levels, session.shapes);
    this.view.setSelection(this.state.selection);
    this.notify();
  }

  setStyle(style: Style): void {
    this.style = style;
    this.view.setStyle(style);
  }

  setTool(tool: ToolName): void {
    if (this.readOnly && tool === "box") return;
    this.gestures.reset();
    this.update({ tool });
  }

  /** The class of the selection, or of what is drawn next. */
  setLabel(label: string): void {
    const { selection } = this.state;
    this.update({ label });
    if (selection.size === 0 || this.readOnly) return;
    this.commit(changeStep(this.state.shapes, selection, (shape) => relabeled(shape, label)));
    this.speak("changed", [...selection][0]);
  }

  select(ids: ReadonlySet<string>, reveal = false): void {
    this.update({ selection: ids });
    this.view.setSelection(ids);
    const shape = this.shapeOf([...ids][0]);
    if (shape?.box && reveal) this.view.reveal(shape.box);
    if (shape && ids.size === 1) this.speak("selected", shape.id);
  }

  /** Add a box of the current class. The tool stays armed and the box is not selected, so that a digit sets the next one's class. */
  draw(box: BoxTuple, id: string = crypto.randomUUID()): void {
    const shape: Shape = { id, kind: "box", label: this.state.label, box, source: "human" };
    this.commit(addStep(this.state.shapes, [shape]));
    this.select(new Set([id]));
    this.speak("added", id);
  }

  /** Set the boxes of these ids, as one step. */
  reshape(moved: readonly { id: string; box: BoxTuple }[]): void {
    const boxes = new Map(moved.map((entry) => [entry.id, entry.box]));
    this.commit(
      changeStep(this.state.shapes, new Set(boxes.keys()), (shape) => reshaped(shape, boxes.get(shape.id))),
    );
  }

  nudge(dx: number, dy: number): void {
    const image = this.view.image;
    this.commit(
      changeStep(this.state.shapes, this.editable(), (shape) =>
        reshaped(shape, shape.box && moveBox(shape.box, dx, dy, image)),
      ),
    );
  }

  remove(): void {
    const doomed = this.editable();
    const first = [...doomed][0];
    if (!first) return;
    this.speak("deleted", first);
    this.commit(removeStep(this.state.shapes, doomed));
    this.select(new Set());
  }

  copy(): void {
    clipboard = this.state.shapes.filter((shape) => this.state.selection.has(shape.id));
  }

  paste(): void {
    this.insert(
      clipboard.map((shape) =>
        shape.box ? reshaped(shape, moveBox(shape.box, 12, 12, this.view.image)) : shape,
      ),
    );
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

  /** The next object in reading order, brought into sight; false past the last one, so that Tab goes on to the page. */
  walk(step: 1 | -1): boolean {
    const order = readingOrder(this.state.shapes);
    const at = order.findIndex((id) => this.state.selection.has(id));
    const id = order[at < 0 ? (step > 0 ? 0 : order.length - 1) : at + step];
    if (id) this.select(new Set([id]), true);
    return id !== undefined;
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

  undo(): void {
    this.session?.undo();
    this.afterHistory("undone");
  }

  redo(): void {
    this.session?.redo();
    this.afterHistory("redone");
  }

  /** One level back: the half-drawn box, then the selection. */
  stepBack(): void {
    if (!this.gestures.reset()) this.select(new Set());
  }

  zoomToSelection(): void {
    const shape = this.shapeOf([...this.state.selection][0]);
    if (shape?.box) this.view.zoomTo(shape.box);
  }

  shapeOf(id: string | undefined): Shape | undefined {
    return this.state.shapes.find((shape) => shape.id === id);
  }

  dispose(): void {
    this.unsubscribe?.();
    this.gestures.dispose();
    this.view.dispose();
  }

  private editable(): ReadonlySet<string> {
    if (this.readOnly) return new Set();
    return new Set([...this.state.selection].filter((id) => !this.state.locked.has(id)));
  }

  private commit(step: Step): void {
    if (!this.readOnly) this.session?.commit(step);
  }

  private afterHistory(kind: "undone" | "redone"): void {
    const alive = new Set([...this.state.selection].filter((id) => this.shapeOf(id)));
    this.view.setSelection(alive);
    this.update({
      selection: alive,
      announcement: this.say({ kind, number: this.state.shapes.length, label: "" }),
    });
  }

  private speak(kind: "added" | "deleted" | "selected" | "changed", id: string | undefined): void {
    const at = this.state.shapes.findIndex((shape) => shape.id === id);
    const shape = this.state.shapes[at];
    if (shape) this.update({ announcement: this.say({ kind, number: at + 1, label: shape.label }) });
  }

  private sync(): void {
    const shapes = this.session?.shapes ?? [];
    if (shapes === this.state.shapes) return;
    this.view.setShapes(shapes);
    this.update({ shapes });
  }

  private update(changes: Partial<EditorState>): void {
    this.state = { ...this.state, ...changes };
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

function relabeled(shape: Shape, label: string): Shape {
  if (shape.label === label) return shape;
  const { score: _, ...rest } = shape;
  return { ...rest, label, source: "human" };
}

function reshaped(shape: Shape, box: BoxTuple | undefined): Shape {
  // Only boxes are reshaped here: the geometry of anything else would no longer be the one in its box.
  if (!box || shape.kind !== "box") return shape;
  const { score: _, ...rest } = shape;
  return { ...rest, box, source: "human" };
}
