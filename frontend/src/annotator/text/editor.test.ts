import { describe, expect, it } from "vitest";
import type { SessionJournal } from "../journal";
import { Session } from "../session";
import { SpanEditor } from "./editor";

const journal: SessionJournal = {
  putBase: () => Promise.resolve(),
  append: () => Promise.resolve(),
  acknowledge: () => Promise.resolve(),
};

function editing(text: string, readOnly = false) {
  const remote = { revision: 0, shapes: [], state: "draft" } as const;
  const session = new Session({ item: "i", campaign: "c", annotation: "a", remote }, journal, () =>
    Promise.resolve({ kind: "unreachable" }),
  );
  const editor = new SpanEditor(Array.from(text), session);
  editor.readOnly = readOnly;
  const said = () => session.shapes.map(({ label, start, end }) => [label, start, end]);
  return { editor, session, said };
}

describe("spans by keyboard", () => {
  it("are made of a selection by a class, without the spaces at its ends", () => {
    const { editor, said } = editing("Ada went to New York.");
    editor.moveTo(12);
    editor.move("word", 1, true);
    editor.move("word", 1, true);
    editor.move("place", -1, true);
    editor.move("place", 1, true);
    editor.setLabel("city");
    expect(said()).toEqual([["city", 12, 20]]);
    expect(editor.current.told).toMatchObject({ kind: "added" });
  });

  it("tell what shows no caret of nothing that is only a move of it", () => {
    const { editor } = editing("Ada went to New York.");
    editor.moveTo(2);
    editor.setLabel("name");
    editor.clear();
    const before = editor.held;
    editor.moveTo(12);
    editor.move("word", 1, true);
    expect(editor.held).toBe(before);
    expect(editor.current.caret).toBe(15);
    editor.walk(-1);
    expect(editor.held).not.toBe(before);
    expect(editor.held).toBe(editor.current);
  });

  it("are made of the word at the caret, also right behind it; of nothing between spaces", () => {
    const { editor, said } = editing("Ada   went");
    editor.moveTo(3);
    editor.setLabel("name");
    expect(said()).toEqual([["name", 0, 3]]);
    editor.moveTo(5);
    editor.setLabel("name");
    expect(said()).toHaveLength(1);
    expect(editor.current.told).toEqual({ kind: "nothing" });
  });

  it("change their class and their end while they are chosen, and may overlap", () => {
    const { editor, said } = editing("Ada Lovelace wrote");
    editor.setLabel("given");
    editor.setLabel("name");
    editor.move("word", 1, true);
    expect(said()).toEqual([["name", 0, 12]]);
    editor.moveTo(0);
    editor.setLabel("given");
    expect(said()).toEqual([
      ["name", 0, 12],
      ["given", 0, 3],
    ]);
  });

  it("are never the same twice, nor empty", () => {
    const { editor, said } = editing("Ada Ada");
    editor.setLabel("name");
    editor.moveTo(1);
    editor.setLabel("name");
    expect(said()).toHaveLength(1);
    expect(editor.current.told).toMatchObject({ kind: "again" });
    for (let n = 0; n < 9; n++) editor.move("place", -1, true);
    expect(said()).toEqual([["name", 0, 1]]);
  });

  it("are walked in the order of the text, removed and brought back", () => {
    const { editor, session, said } = editing("one two three");
    for (const at of [8, 0, 4]) {
      editor.moveTo(at);
      editor.setLabel("n");
    }
    editor.moveTo(0);
    const walked = [1, 1, 1].map(() => {
      editor.walk(1);
      return editor.chosen?.start;
    });
    expect(walked).toEqual([0, 4, 8]);
    editor.walk(-1);
    editor.remove();
    expect(said()).toEqual([
      ["n", 8, 13],
      ["n", 0, 3],
    ]);
    editor.undo();
    expect(session.shapes.map(({ start }) => start)).toEqual([8, 0, 4]);
  });

  it("lie within one another: a press chooses the inner one, the next press the one around it", () => {
    const { editor } = editing("New York City");
    editor.select({ start: 0, end: 13 });
    editor.setLabel("city");
    editor.moveTo(0);
    editor.select({ start: 0, end: 8 });
    editor.setLabel("state");
    expect([editor.chooseAt(2), editor.chosen?.label]).toEqual([true, "city"]);
    editor.chooseAt(2);
    expect(editor.chosen?.label).toBe("state");
    expect(editor.chooseAt(13)).toBe(false);
  });

  it("are only looked at where nothing may be changed", () => {
    const { editor, said } = editing("Ada", true);
    editor.setLabel("name");
    expect(said()).toEqual([]);
    expect(editor.clear()).toBe(false);
  });
});
