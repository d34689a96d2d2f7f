import { describe, expect, it } from "vitest";
import type { SessionJournal } from "../journal";
import { Session } from "../session";
import { begunAt, draggedRange, draggedTo } from "./drag";
import { RegionEditor } from "./editor";
import { lanesBy } from "./layout";
import { between, marksOf, markText, momentText, peaksOf, withEdge, within } from "./moments";

const journal: SessionJournal = {
  putBase: () => Promise.resolve(),
  append: () => Promise.resolve(),
  acknowledge: () => Promise.resolve(),
};

function editing(duration = 10, readOnly = false) {
  const remote = { revision: 0, shapes: [], state: "draft" } as const;
  const session = new Session({ item: "i", campaign: "c", annotation: "a", remote }, journal, () =>
    Promise.resolve({ kind: "unreachable" }),
  );
  const editor = new RegionEditor(duration, session, "dog");
  editor.readOnly = readOnly;
  const said = () => session.shapes.map(({ label, start, end }) => [label, start, end]);
  /** A region from one moment to another, as keys make it. */
  const mark = (start: number, end: number) => {
    editor.moveTo(start);
    editor.markStart();
    editor.moveTo(end);
    editor.markEnd();
  };
  return { editor, session, said, mark };
}

describe("regions by keyboard", () => {
  it("go from one playhead to another, and may overlap", () => {
    const { editor, said, mark } = editing();
    mark(1, 2.5);
    // Behind the end of the chosen one a new one begins.
    mark(3, 4);
    editor.clear();
    mark(2, 3.25);
    expect(said()).toEqual([
      ["dog", 1, 2.5],
      ["dog", 3, 4],
      ["dog", 2, 3.25],
    ]);
    expect(editor.current.told).toMatchObject({ kind: "added" });
  });

  it("are made backwards too, and of nothing not at all", () => {
    const { editor, said, mark } = editing();
    mark(5, 4);
    expect(said()).toEqual([["dog", 4, 5]]);
    editor.clear();
    mark(7, 7);
    expect(said()).toHaveLength(1);
    expect(editor.current.told).toEqual({ kind: "nothing" });
    editor.clear();
    editor.markEnd();
    expect(editor.current.told).toEqual({ kind: "nothing" });
  });

  it("end by a digit in its class; a digit alone sets the class of the next", () => {
    const { editor, said } = editing();
    editor.setLabel("rain");
    expect(editor.current.label).toBe("rain");
    editor.markStart();
    editor.moveTo(2);
    editor.setLabel("siren");
    expect(said()).toEqual([["siren", 0, 2]]);
    editor.setLabel("rain");
    expect(said()).toEqual([["rain", 0, 2]]);
  });

  it("have edges that go to the playhead or by steps, never beyond one another", () => {
    const { editor, said, mark } = editing();
    mark(1, 2);
    editor.moveTo(1.5);
    editor.markStart();
    editor.moveTo(3);
    editor.markEnd();
    expect(said()).toEqual([["dog", 1.5, 3]]);
    editor.nudge("start", -0.01);
    editor.nudge("end", 0.1);
    expect(said()).toEqual([["dog", 1.49, 3.1]]);
    editor.nudge("end", -2);
    expect(said()).toEqual([["dog", 1.49, 3.1]]);
    editor.moveTo(1);
    editor.markEnd();
    expect(said()).toEqual([["dog", 1.49, 3.1]]);
  });

  it("stay on the recording, to the millisecond", () => {
    const { editor, said, mark } = editing(4.321);
    mark(-5, 99);
    expect(said()).toEqual([["dog", 0, 4.321]]);
    editor.nudge("start", 0.00049);
    expect(said()).toEqual([["dog", 0, 4.321]]);
    editor.nudge("start", 0.1 + 0.2);
    expect(said()).toEqual([["dog", 0.3, 4.321]]);
  });

  it("are walked in order from the playhead on, which goes along", () => {
    const { editor, mark } = editing();
    mark(6, 7);
    editor.clear();
    mark(1, 2);
    editor.clear();
    editor.moveTo(3);
    expect(editor.walk(1)).toBe(true);
    expect([editor.chosen?.start, editor.head]).toEqual([6, 6]);
    editor.walk(1);
    expect([editor.chosen?.start, editor.head]).toEqual([1, 1]);
    editor.walk(-1);
    expect(editor.chosen?.start).toBe(6);
    expect(editing().editor.walk(1)).toBe(false);
  });

  it("are removed and brought back as one step each", () => {
    const { editor, said, mark } = editing();
    mark(1, 2);
    editor.nudge("end", 1);
    editor.remove();
    expect(said()).toEqual([]);
    editor.undo();
    editor.undo();
    expect(said()).toEqual([["dog", 1, 2]]);
    editor.redo();
    expect(said()).toEqual([["dog", 1, 3]]);
  });

  it("say nothing twice", () => {
    const { editor, session, mark } = editing();
    mark(1, 2);
    editor.clear();
    mark(1, 2);
    expect(session.shapes).toHaveLength(1);
    expect(editor.current.told).toMatchObject({ kind: "again" });
  });

  it("follow the player and move it", () => {
    const { editor, said } = editing();
    let at = 2;
    editor.player = { now: () => at, seek: (seconds) => (at = seconds) };
    editor.markStart();
    at = 3.0004;
    editor.markEnd();
    expect(said()).toEqual([["dog", 2, 3]]);
    editor.moveBy(-1);
    expect(at).toBe(2);
  });

  it("are only looked at by whoever may not change them", () => {
    const { editor, session, mark } = editing(10, true);
    mark(1, 2);
    editor.setLabel("rain");
    expect(session.shapes).toEqual([]);
  });
});

describe("a region under the mouse", () => {
  it("is the shortest, and the next around it at another press", () => {
    const { editor, mark } = editing();
    mark(1, 5);
    editor.clear();
    mark(2, 3);
    editor.clear();
    editor.chooseAt(2.5);
    expect(editor.chosen?.start).toBe(2);
    editor.chooseAt(2.5);
    expect(editor.chosen?.start).toBe(1);
    expect(editor.chooseAt(6)).toBe(false);
  });

  it("is drawn by a drag, not by a press", () => {
    const press = draggedTo(begunAt(1, null), 1.01, 1);
    expect(draggedRange(press, 10)).toBeNull();
    expect(draggedRange(draggedTo(press, 0.5, 40), 10)).toEqual({ start: 0.5, end: 1 });
    // Who goes back to where it began meant to take it back.
    expect(draggedRange(draggedTo(draggedTo(press, 3, 90), 1, 0), 10)).toBeNull();
  });

  it("has an edge that goes as far as the mouse", () => {
    const held = { id: "r", start: 1, end: 2, edge: "end" } as const;
    const drag = draggedTo(begunAt(2.02, held), 3.02, 50);
    expect(draggedRange(drag, 10)).toEqual({ start: 1, end: 3 });
    expect(draggedRange(draggedTo(drag, 0.5, 90), 10)).toBeNull();
    expect(draggedRange(draggedTo(drag, 40, 90), 10)).toEqual({ start: 1, end: 10 });
  });
});

describe("lanes", () => {
  const region = (id: string, label: string, start: number, end: number) => ({ id, label, start, end });

  it("part regions that overlap, and are as few as can be", () => {
    const lanes = lanesBy([region("a", "x", 0, 2), region("b", "x", 1, 3), region("c", "x", 2, 4)], () => "");
    expect([lanes.count, ...lanes.of.values()]).toEqual([2, 0, 1, 0]);
    expect(lanesBy([], () => "").count).toBe(0);
  });

  it("are of one group each, group below group as they are first met", () => {
    const lanes = lanesBy(
      [region("a", "2", 5, 6), region("b", "1", 0, 1), region("c", "2", 5, 7), region("d", "1", 2, 3)],
      (label) => label,
    );
    expect(lanes.count).toBe(3);
    expect(Object.fromEntries(lanes.of)).toEqual({ a: 1, b: 2, c: 0, d: 2 });
  });
});

describe("moments", () => {
  it("are read as minutes, seconds and thousandths", () => {
    expect([0, 7.25, 59.9996, 61.005, 3600].map(momentText)).toEqual([
      "0:00.000",
      "0:07.250",
      "1:00.000",
      "1:01.005",
      "60:00.000",
    ]);
    expect([0, 0.5, 10, 90].map(markText)).toEqual(["0:00", "0:00.5", "0:10", "1:30"]);
  });

  it("never leave the recording", () => {
    expect([-1, 0.12345, 9, Number.NaN].map((one) => within(one, 2))).toEqual([0, 0.123, 2, 0]);
    expect(between(3, 3.0001, 10)).toBeNull();
    expect(withEdge({ start: 1, end: 2 }, "start", 2, 10)).toBeNull();
  });

  it("are marked at round places, as many as fit", () => {
    expect(marksOf(1, 10)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(marksOf(95, 10)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(marksOf(1800, 8)).toHaveLength(7);
  });

  it("are as loud as their loudest sample", () => {
    expect(peaksOf(new Float32Array([0, -0.25, 0.1, 0.5]), 2)).toEqual([50, 100]);
    expect(peaksOf(new Float32Array(2), 4)).toEqual([0, 0, 0, 0]);
  });
});
