import fc from "fast-check";
import { expect, test } from "vitest";
import { History } from "./history";
import {
  addStep,
  applyStep,
  changeStep,
  confirmStep,
  invertStep,
  isSameShape,
  isSameState,
  isSuggested,
  mergeShapes,
  readingOrder,
  removeStep,
  replaceStep,
  type Shape,
  type Shapes,
  type Step,
} from "./model";

const shape = (
  id: string,
  label = "a",
  box: readonly [number, number, number, number] = [0, 0, 10, 10],
): Shape => ({ id, kind: "box", label, box, source: "human" });

/** A user's action, decided by numbers: what it does depends on the shapes there are. */
function stepFrom(
  shapes: Shapes,
  [kind, pick, value]: readonly [number, number, number],
  serial: number,
): Step {
  const at = shapes.length > 0 ? pick % shapes.length : 0;
  const some = new Set(shapes.filter((_, n) => n === at || n % 3 === value % 3).map((one) => one.id));
  if (kind === 0 || shapes.length === 0)
    return addStep(shapes, [shape(`s${serial}`, String(value)), shape(`t${serial}`)]);
  if (kind === 1) return removeStep(shapes, some);
  if (kind === 2) return changeStep(shapes, some, (one) => ({ ...one, label: String(value) }));
  return replaceStep(shapes, [...shapes].reverse());
}

const actions = fc.array(fc.tuple(fc.nat(3), fc.nat(1000), fc.nat(5)), { maxLength: 40 });

test("undoing everything gives what was there, redoing everything what was done", () => {
  fc.assert(
    fc.property(actions, (list) => {
      const start = [shape("one"), shape("two", "b")];
      const history = new History(start);
      for (const [serial, action] of list.entries()) history.commit(stepFrom(history.shapes, action, serial));
      const end = history.shapes;
      while (history.canUndo) history.undo();
      expect(history.shapes).toEqual(start);
      while (history.canRedo) history.redo();
      expect(history.shapes).toEqual(end);
    }),
  );
});

test("the steps of commits, undos and redos, replayed from the start, give the same shapes", () => {
  fc.assert(
    fc.property(actions, fc.array(fc.nat(2), { maxLength: 40 }), (list, turns) => {
      const start = [shape("one")];
      const history = new History(start);
      const journal: Step[] = [];
      const keep = (step: Step | null) => step && journal.push(step);
      list.forEach((action, serial) => {
        keep(history.commit(stepFrom(history.shapes, action, serial)));
        if (turns[serial] === 1) keep(history.undo());
        if (turns[serial] === 2) {
          keep(history.undo());
          keep(history.redo());
        }
      });
      expect(journal.reduce(applyStep, start as Shapes)).toEqual(history.shapes);
    }),
  );
});

test("a step and its inverse leave nothing changed", () => {
  const shapes = [shape("a"), shape("b"), shape("c")];
  const step = removeStep(shapes, new Set(["a", "c"]));
  expect(applyStep(applyStep(shapes, step), invertStep(step))).toEqual(shapes);
});

test("doing something new forgets what was undone", () => {
  const history = new History([]);
  history.commit(addStep([], [shape("a")]));
  history.undo();
  history.commit(addStep([], [shape("b")]));
  expect(history.canRedo).toBe(false);
  expect(history.shapes.map((one) => one.id)).toEqual(["b"]);
});

test("merging keeps theirs, mine on top, and all of mine", () => {
  const merged = mergeShapes(
    [shape("a", "theirs"), shape("b", "theirs")],
    [shape("b", "mine"), shape("c", "mine")],
  );
  expect(merged.map((one) => `${one.id}:${one.label}`)).toEqual(["a:theirs", "b:mine", "c:mine"]);
});

test("states are the same in any order, and differ by one pixel", () => {
  const a = shape("a");
  const b = shape("b");
  expect(isSameState([a, b], [b, { ...a }])).toBe(true);
  expect(isSameState([a], [shape("a", "a", [1, 0, 10, 10])])).toBe(false);
});

test("relations are the same in any order, and differ by one", () => {
  const related = (...to: string[]): Shape => ({
    ...shape("a"),
    relations: to.map((id) => ({ type: "near", to: id })),
  });
  expect(isSameShape(related("b", "c"), related("c", "b"))).toBe(true);
  expect(isSameShape(related("b"), related("c"))).toBe(false);
  expect(isSameShape(related("b", "b"), related("b", "c"))).toBe(false);
  expect(isSameShape(related("b", "c"), related("b", "b"))).toBe(false);
  expect(isSameShape(related(), shape("a"))).toBe(true);
  const many = Array.from({ length: 20_000 }, (_, n) => `s${n}`);
  expect(isSameShape(related(...many), related(...many.toReversed()))).toBe(true);
});

test("objects are walked row by row", () => {
  const shapes = [
    shape("right", "a", [90, 2, 10, 10]),
    shape("below", "a", [0, 80, 10, 10]),
    shape("left", "a", [5, 4, 10, 10]),
  ];
  expect(readingOrder(shapes)).toEqual(["left", "right", "below"]);
});

const POLYGON: Shape = {
  id: "p",
  kind: "polygon",
  label: "cat",
  source: "human",
  box: [0, 0, 4, 4],
  polygon: [
    [
      [0, 0],
      [4, 0],
      [4, 4],
    ],
  ],
};

test("shapes with geometry are the same only with the same geometry", () => {
  expect(isSameState([POLYGON], [structuredClone(POLYGON)])).toBe(true);
  const moved: Shape = {
    ...POLYGON,
    polygon: [
      [
        [0, 0],
        [4, 0],
        [3, 4],
      ],
    ],
  };
  expect(isSameState([POLYGON], [moved])).toBe(false);
});

test("geometry stays when the class changes, and when that is taken back", () => {
  const step = changeStep([POLYGON], new Set(["p"]), (shape) => ({ ...shape, label: "dog" }));
  const changed = applyStep([POLYGON], step);
  expect(changed[0]?.polygon).toEqual(POLYGON.polygon);
  expect(applyStep(changed, invertStep(step))).toEqual([POLYGON]);
});

test("what a machine said is taken over one by one or all at once, without its score, and given back by undo", () => {
  const said = (id: string, source: Shape["source"]): Shape => ({
    ...shape(id),
    source,
    ...(source === "model" ? { score: 0.9 } : {}),
  });
  const shapes = [said("a", "model"), said("b", "human"), said("c", "model")];
  const one = applyStep(shapes, confirmStep(shapes, new Set(["a", "b"])));
  expect(one.map(({ source, score }) => [source, score])).toEqual([
    ["human", undefined],
    ["human", undefined],
    ["model", 0.9],
  ]);
  const step = confirmStep(shapes);
  expect(applyStep(shapes, step).filter(isSuggested)).toEqual([]);
  expect(applyStep(applyStep(shapes, step), invertStep(step))).toEqual(shapes);
  expect(confirmStep(applyStep(shapes, step))).toEqual([]);
});
