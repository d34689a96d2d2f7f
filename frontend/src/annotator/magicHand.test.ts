import { describe, expect, it, vi } from "vitest";
import type { BoxEditor } from "./editor";
import { imagePoint } from "./geometry";
import type { Pointer } from "./hands";
import { type Found, MagicHand, type MagicPhase, type Prompt } from "./magicHand";
import type { Shape } from "./model";

const FOUND: Found = {
  mask: { size: [4, 4], counts: "5211;" },
  polygon: [
    [
      [1, 1],
      [3, 1],
      [3, 3],
    ],
  ],
  box: [1, 1, 2, 2],
};

function world() {
  const asked: { prompt: Prompt; answer: (found: Found) => void; fail: () => void }[] = [];
  const added: Shape[] = [];
  const phases: MagicPhase[] = [];
  const editor = {
    current: { tool: "magic", label: "cat" },
    view: { image: { width: 100, height: 80 } },
    select: vi.fn(),
    add: (shape: Shape) => added.push(shape),
    noteMagic: (phase: MagicPhase) => phases.push(phase),
  } as unknown as BoxEditor;
  const cutter = (prompt: Prompt) =>
    new Promise<Found>((resolve, reject) => asked.push({ prompt, answer: resolve, fail: () => reject() }));
  const hand = new MagicHand(editor, cutter, () => undefined);
  return { hand, asked, added, phases };
}

const at = (x: number, y: number, minus = false): Pointer => ({
  at: imagePoint(x, y),
  snapped: imagePoint(x, y),
  unit: 1,
  alt: minus,
  minus,
});

function click(hand: MagicHand, x: number, y: number, minus = false) {
  hand.down(at(x, y, minus));
  hand.up(at(x, y, minus));
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("pointing", () => {
  it("asks with every click said so far, those that do not belong as such", () => {
    const { hand, asked } = world();
    click(hand, 10, 10);
    click(hand, 20, 10, true);
    expect(asked.map(({ prompt }) => prompt.points)).toEqual([
      [[10, 10, true]],
      [
        [10, 10, true],
        [20, 10, false],
      ],
    ]);
  });

  it("asks nothing while only the surroundings are named, nor off the picture", () => {
    const { hand, asked } = world();
    click(hand, 10, 10, true);
    click(hand, 200, 10);
    expect(asked).toEqual([]);
  });

  it("asks with a box that was dragged, cut at the edge, and corrects it by clicks", () => {
    const { hand, asked } = world();
    hand.down(at(90, 10));
    hand.move(at(120, 40));
    hand.up(at(120, 40));
    click(hand, 95, 20, true);
    expect(asked.map(({ prompt }) => prompt.box)).toEqual([
      [90, 10, 10, 30],
      [90, 10, 10, 30],
    ]);
  });

  it("takes the object as a mask or as a polygon of the present class, and begins anew", async () => {
    const { hand, asked, added } = world();
    for (const kind of ["mask", "polygon"] as const) {
      click(hand, 10, 10);
      asked.at(-1)?.answer(FOUND);
      await settle();
      expect(hand.take(kind)).toBe(true);
    }
    expect(added.map(({ kind, label, source }) => [kind, label, source])).toEqual([
      ["mask", "cat", "human"],
      ["polygon", "cat", "human"],
    ]);
    expect(hand.isBusy).toBe(false);
    expect(hand.take("mask")).toBe(false);
  });

  it("takes it as soon as it is there when Enter came first", async () => {
    const { hand, asked, added } = world();
    click(hand, 10, 10);
    expect(hand.take("mask")).toBe(true);
    expect(added).toEqual([]);
    asked[0]?.answer(FOUND);
    await settle();
    expect(added).toHaveLength(1);
  });

  it("hears only the answer to what was asked last", async () => {
    const { hand, asked, phases } = world();
    click(hand, 10, 10);
    click(hand, 20, 20);
    asked[1]?.answer({ mask: null, polygon: [], box: null });
    asked[0]?.answer(FOUND);
    await settle();
    expect(phases.at(-1)).toBe("nothing");
  });

  it("takes back click by click, and Esc drops all without a trace", async () => {
    const { hand, asked, added, phases } = world();
    click(hand, 10, 10);
    click(hand, 20, 20);
    expect(hand.back()).toBe(true);
    expect(asked.at(-1)?.prompt.points).toEqual([[10, 10, true]]);
    expect(hand.reset()).toBe(true);
    asked.at(-1)?.answer(FOUND);
    await settle();
    expect([added, phases.at(-1), hand.back()]).toEqual([[], "idle", false]);
  });

  it("says that there was no answer", async () => {
    const { hand, asked, phases } = world();
    click(hand, 10, 10);
    asked[0]?.fail();
    await settle();
    expect(phases.at(-1)).toBe("failed");
  });
});
