import { applyStep, invertStep, type Shapes, type Step } from "./model";

/** The shapes and how they came to be: one stack for undo and one for redo. */
export class History {
  private current: Shapes;
  private readonly done: Step[] = [];
  private undone: Step[] = [];

  constructor(shapes: Shapes) {
    this.current = shapes;
  }

  get shapes(): Shapes {
    return this.current;
  }

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** Do something new. What was undone before is forgotten. */
  commit(step: Step): Step {
    this.done.push(step);
    this.undone = [];
    return this.run(step);
  }

  /** Take the last step back; answers the step that did it, for the journal. */
  undo(): Step | null {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    return this.run(invertStep(step));
  }

  redo(): Step | null {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push(step);
    return this.run(step);
  }

  private run(step: Step): Step {
    this.current = applyStep(this.current, step);
    return step;
  }
}
