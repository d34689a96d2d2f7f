import { type BoxTuple, overlaps, type Size } from "./geometry";

const CELLS = 48;

/** Boxes by the cells they touch: what lies in a rectangle or under a point, without asking them all. */
export class GridIndex {
  private readonly cells = new Map<number, Set<string>>();
  private readonly boxes = new Map<string, BoxTuple>();
  private readonly cell: number;

  constructor(image: Size) {
    this.cell = Math.max(image.width, image.height, CELLS) / CELLS;
  }

  set(id: string, box: BoxTuple): void {
    this.delete(id);
    this.boxes.set(id, box);
    for (const key of this.keysOf(box)) {
      const cell = this.cells.get(key);
      if (cell) cell.add(id);
      else this.cells.set(key, new Set([id]));
    }
  }

  delete(id: string): void {
    const box = this.boxes.get(id);
    if (!box) return;
    for (const key of this.keysOf(box)) this.cells.get(key)?.delete(id);
    this.boxes.delete(id);
  }

  /** Ids of the boxes that touch the rectangle, in no order. */
  query(area: BoxTuple): Set<string> {
    const found = new Set<string>();
    for (const key of this.keysOf(area)) {
      for (const id of this.cells.get(key) ?? []) {
        const box = this.boxes.get(id);
        if (box && overlaps(box, area)) found.add(id);
      }
    }
    return found;
  }

  private *keysOf([x, y, w, h]: BoxTuple): Generator<number> {
    const clampCell = (value: number) => Math.min(Math.max(Math.floor(value / this.cell), 0), CELLS);
    const right = clampCell(x + w);
    const bottom = clampCell(y + h);
    for (let row = clampCell(y); row <= bottom; row++) {
      for (let column = clampCell(x); column <= right; column++) yield row * (CELLS + 1) + column;
    }
  }
}
