import { describe, expect, it } from "vitest";
import type { SessionJournal } from "../journal";
import { mergeShapes, type Shape } from "../model";
import { Session } from "../session";
import { SpanEditor } from "./editor";
import { marksOf, type RelationType, relationsOf, renamed, typesBetween } from "./relations";
import type { SpanShape } from "./spans";

const journal: SessionJournal = {
  putBase: () => Promise.resolve(),
  append: () => Promise.resolve(),
  acknowledge: () => Promise.resolve(),
};

const type = (id: string, from: string[] = [], to: string[] = []): RelationType => ({
  ...{ id, name: id, name_zh: "", color: "", from_classes: from, to_classes: to },
});
const WORKS = type("works", ["person"], ["firm"]);
const NEAR = type("near", ["firm", "place"], ["place"]);
const OWNS = type("owns", ["firm"], ["firm", "place"]);

const span = (
  id: string,
  label: string,
  start: number,
  end: number,
  ...links: [string, string][]
): SpanShape => ({
  ...{ id, label, start, end, kind: "span", source: "human" },
  ...(links.length > 0 ? { relations: links.map(([kind, to]) => ({ type: kind, to })) } : {}),
});
// "Ann works for Acme in Rome."
const SHAPES = [span("ann", "person", 0, 3), span("acme", "firm", 14, 18), span("rome", "place", 22, 26)];

function editing(shapes: readonly Shape[] = SHAPES, types = [WORKS, NEAR, OWNS]) {
  const remote = { revision: 0, shapes, state: "draft" } as const;
  const session = new Session({ item: "i", campaign: "c", annotation: "a", remote }, journal, () =>
    Promise.resolve({ kind: "unreachable" }),
  );
  const editor = new SpanEditor(Array.from("Ann works for Acme in Rome."), session);
  editor.types = types;
  const said = () =>
    session.shapes.flatMap(({ id, relations = [] }) => relations.map((link) => [id, link.type, link.to]));
  return { editor, session, said };
}

describe("relations by keyboard", () => {
  it("lead to the places that a type allows, and the only type is made by Enter", () => {
    const { editor, said } = editing();
    editor.choose("ann");
    expect(editor.beginLink()).toBe(true);
    editor.walkLink(1);
    expect(editor.current.linking).toEqual({ from: "ann", to: "acme" });
    // A person works for firms alone: Rome is passed over.
    editor.walkLink(1);
    expect(editor.current.linking?.to).toBe("acme");
    editor.link();
    expect(said()).toEqual([["ann", "works", "acme"]]);
    expect(editor.current).toMatchObject({ linking: null, chosen: "ann", told: { kind: "linked" } });
  });

  it("are chosen by a digit where several are possible, and Enter alone decides nothing", () => {
    const { editor, said } = editing();
    editor.choose("acme");
    editor.beginLink();
    editor.walkLink(-1);
    expect(editor.linkTypes.map(({ id }) => id)).toEqual(["near", "owns"]);
    editor.link();
    expect(said()).toEqual([]);
    editor.link("works");
    expect(said()).toEqual([]);
    editor.link("owns");
    expect(said()).toEqual([["acme", "owns", "rome"]]);
    // The same again takes it away.
    editor.beginLink();
    editor.walkLink(1);
    editor.link("owns");
    expect(said()).toEqual([]);
    expect(editor.current.told).toMatchObject({ kind: "unlinked" });
  });

  it("lead first to the nearest span behind, or the nearest before", () => {
    const spans = ["a", "b", "c", "d"].map((id, n) => span(id, "firm", n * 4, n * 4 + 3));
    for (const [direction, to] of [
      [1, "c"],
      [-1, "a"],
    ] as const) {
      const { editor } = editing(spans, [OWNS]);
      editor.choose("b");
      editor.beginLink();
      editor.walkLink(direction);
      expect(editor.current.linking?.to).toBe(to);
    }
  });

  it("begin nowhere without a chosen place, a type, or somewhere to lead to", () => {
    const { editor } = editing();
    expect(editor.beginLink()).toBe(false);
    editor.choose("rome");
    editor.beginLink();
    expect(editor.current).toMatchObject({ linking: null, told: { kind: "leadsNowhere" } });
    const plain = editing(SHAPES, []);
    plain.editor.choose("ann");
    expect(plain.editor.beginLink()).toBe(false);
    plain.editor.types = [WORKS];
    plain.editor.readOnly = true;
    expect(plain.editor.beginLink()).toBe(false);
  });

  it("are left by Escape, by another choice, and when an end is undone", () => {
    const { editor, session, said } = editing();
    editor.choose("ann");
    editor.beginLink();
    editor.endLink();
    expect(editor.current).toMatchObject({ linking: null, chosen: "ann" });
    editor.beginLink();
    editor.moveTo(0);
    expect(editor.current.linking).toBeNull();
    editor.moveTo(4);
    editor.setLabel("firm");
    editor.choose("ann");
    editor.beginLink();
    editor.walkLink(1);
    session.undo();
    expect(editor.current.linking).toBeNull();
    expect(said()).toEqual([]);
  });
});

describe("relations by mouse", () => {
  it("are made by a press where one alone is possible, and wait for a type where several are", () => {
    const { editor, said } = editing();
    editor.choose("ann");
    editor.beginLink();
    expect(editor.chooseAt(15)).toBe(true);
    expect(said()).toEqual([["ann", "works", "acme"]]);
    editor.choose("acme");
    editor.beginLink();
    editor.chooseAt(23);
    expect(said()).toHaveLength(1);
    expect(editor.current.linking).toEqual({ from: "acme", to: "rome" });
    // A press on one that is made already takes nothing away.
    editor.choose("ann");
    editor.beginLink();
    editor.chooseAt(15);
    expect(said()).toHaveLength(1);
    expect(editor.current.linking?.to).toBe("acme");
  });
});

describe("spans with relations", () => {
  const LINKED = [
    span("ann", "person", 0, 3, ["works", "acme"]),
    span("acme", "firm", 14, 18, ["near", "rome"]),
    span("rome", "place", 22, 26),
  ];

  it("take theirs along, and one undo brings both back", () => {
    const { editor, session, said } = editing(LINKED);
    editor.choose("acme");
    editor.remove();
    expect(session.shapes.map(({ id }) => id)).toEqual(["ann", "rome"]);
    expect(said()).toEqual([]);
    expect(session.shapes[0]).not.toHaveProperty("relations");
    session.undo();
    expect(session.shapes).toEqual(LINKED);
    session.redo();
    expect(said()).toEqual([]);
  });

  it("keep them when their class or their end changes", () => {
    const { editor, said } = editing(LINKED);
    editor.choose("ann");
    editor.setLabel("firm");
    editor.move("word", 1, true);
    expect(said()).toHaveLength(2);
  });

  it("lose one by itself, also by undo", () => {
    const { editor, session, said } = editing(LINKED);
    const [first] = relationsOf(editor.current.shapes);
    if (!first) throw new Error("no relation");
    editor.chooseRelation(first);
    expect(editor.current).toMatchObject({ chosen: "ann", relation: first.key });
    editor.removeRelation(first);
    expect(said()).toEqual([["acme", "near", "rome"]]);
    session.undo();
    expect(said()).toHaveLength(2);
  });

  it("are numbered as they are read, and called anew with what they lead to", () => {
    const relations = relationsOf(LINKED);
    expect([...marksOf(relations)]).toEqual([
      ["ann", "1→"],
      ["acme", "→1 2→"],
      ["rome", "→2"],
    ]);
    expect(relationsOf(renamed(LINKED, (id) => `x-${id}`)).map(({ from, to }) => [from.id, to.id])).toEqual([
      ["x-ann", "x-acme"],
      ["x-acme", "x-rome"],
    ]);
  });

  it("have the relations of both when two versions are kept together", () => {
    const mine = [span("ann", "person", 0, 3, ["works", "acme"]), SHAPES[1] as Shape];
    const theirs = [span("ann", "person", 0, 3, ["knows", "rome"], ["works", "acme"]), ...SHAPES.slice(1)];
    expect(mergeShapes(theirs, mine)[0]?.relations).toEqual([
      { type: "works", to: "acme" },
      { type: "knows", to: "rome" },
    ]);
  });

  it("allow any class on a side that names none", () => {
    expect(typesBetween([type("any"), WORKS], { label: "x" }, { label: "y" }).map(({ id }) => id)).toEqual([
      "any",
    ]);
  });
});
