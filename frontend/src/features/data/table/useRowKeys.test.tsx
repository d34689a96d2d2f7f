import { act, useRef, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useRowKeys } from "./useRowKeys";
import type { RowSelection } from "./useRowSelection";

const COUNT = 5;
const told = { deleted: vi.fn(), shown: vi.fn() };

/** Rows 100 to 104, of which row 3 comes into the document only when it is shown. */
function Rows() {
  const scroller = useRef<HTMLDivElement>(null);
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const [far, setFar] = useState(3);
  const selection: RowSelection = {
    count: ids.size,
    isAll: false,
    isFull: false,
    has: (id) => ids.has(id),
    toggle: () => undefined,
    take: (more) => setIds((old) => new Set([...old, ...more])),
    selectAll: () => undefined,
    clear: () => setIds(new Set()),
    conditions: [],
  };
  const reach = useRowKeys({
    scroller,
    count: COUNT,
    enabled: true,
    selection,
    idAt: (index) => 100 + index,
    onShow: (index) => {
      told.shown(index);
      setFar(Math.max(far, index + 1));
    },
    onDelete: told.deleted,
  });
  return (
    <div ref={scroller} data-ids={[...ids].join()}>
      {Array.from({ length: far }, (_, index) => 100 + index).map((id) => (
        <input
          key={id}
          type="checkbox"
          data-row-check={id - 100}
          tabIndex={reach === id - 100 ? 0 : -1}
          aria-label={String(id)}
        />
      ))}
    </div>
  );
}

let root: Root;
let place: HTMLElement;
beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
  act(() => root.render(<Rows />));
  for (const spy of Object.values(told)) spy.mockClear();
});
afterEach(() => {
  act(() => root.unmount());
  place.remove();
  vi.unstubAllGlobals();
});

const boxes = () => [...place.querySelectorAll("input")];
const chosen = () => place.querySelector("[data-ids]")?.getAttribute("data-ids");
const reached = () => document.activeElement?.getAttribute("aria-label");

function press(code: string, shiftKey = false) {
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent("keydown", { code, key: code, shiftKey, bubbles: true, cancelable: true });
  act(() => {
    target.dispatchEvent(event);
  });
  return event;
}

it("arrows go from box to box and stay inside the table", () => {
  act(() => boxes()[0]?.focus());
  press("ArrowDown");
  expect(reached()).toBe("101");
  press("ArrowUp");
  press("ArrowUp");
  expect(reached()).toBe("100");
  expect(boxes()[0]?.tabIndex).toBe(0);
  expect(chosen()).toBe("");
});

it("a row out of sight is shown before it is reached", () => {
  act(() => boxes()[2]?.focus());
  press("ArrowDown");
  expect(told.shown).toHaveBeenLastCalledWith(3);
  expect(reached()).toBe("103");
});

it("arrows with Shift choose what they leave and what they reach", () => {
  act(() => boxes()[0]?.focus());
  press("ArrowDown", true);
  press("ArrowDown", true);
  expect(chosen()).toBe("100,101,102");
});

it("Delete asks only when something is chosen, Esc chooses none", () => {
  act(() => boxes()[0]?.focus());
  expect(press("Delete").defaultPrevented).toBe(false);
  expect(told.deleted).not.toHaveBeenCalled();
  press("ArrowDown", true);
  press("Delete");
  expect(told.deleted).toHaveBeenCalledOnce();
  press("Escape");
  expect(chosen()).toBe("");
});

it("arrows beside the boxes are the page's own", () => {
  act(() => (document.activeElement as HTMLElement | null)?.blur());
  expect(press("ArrowDown").defaultPrevented).toBe(false);
  expect(told.shown).not.toHaveBeenCalled();
});
