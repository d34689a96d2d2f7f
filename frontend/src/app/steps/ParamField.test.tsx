import { act, useState } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { JsonSchema } from "@/api/training";
import { UiProvider } from "@/ui/Provider";
import { ParamField } from "./ParamField";

const PIXELS: JsonSchema = { type: "integer", title: "Pixels", minimum: 16, maximum: 8192 };
const RIDGE: JsonSchema = { type: "number", title: "Ridge", minimum: 1e-9, maximum: 1000 };

function Held({ rule, first, told }: { rule: JsonSchema; first: number; told: (value: unknown) => void }) {
  const [value, setValue] = useState<unknown>(first);
  const onChange = (next: unknown) => {
    told(next);
    setValue(next);
  };
  return <ParamField words="clean" op="x" name="y" rule={rule} value={value} onChange={onChange} />;
}

describe("the field of a number", () => {
  let root: Root;
  let place: HTMLElement;
  beforeEach(() => {
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    place = document.body.appendChild(document.createElement("div"));
    root = createRoot(place);
  });
  afterEach(() => {
    act(() => root.unmount());
    place.remove();
    vi.unstubAllGlobals();
  });

  function shown(rule: JsonSchema, first: number) {
    const told = vi.fn();
    act(() =>
      root.render(
        <UiProvider scheme="light">
          <Held rule={rule} first={first} told={told} />
        </UiProvider>,
      ),
    );
    const input = place.querySelector("input");
    if (!input) throw new Error("it is no field for typing");
    return { input, told };
  }

  function type(input: HTMLInputElement, text: string) {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
    for (let end = 0; end <= text.length; end += 1) {
      act(() => {
        set?.call(input, text.slice(0, end));
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }

  const leave = (input: HTMLInputElement) =>
    act(() => {
      input.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    });

  it("takes what is typed, figure by figure, though its beginning is below the range", () => {
    const { input, told } = shown(PIXELS, 1024);
    type(input, "800");
    expect(input.value).toBe("800");
    expect(told.mock.calls.flat()).toEqual([80, 800]);
  });

  it("keeps to the range when it is left", () => {
    const { input, told } = shown(PIXELS, 1024);
    type(input, "8");
    expect(told).not.toHaveBeenCalled();
    leave(input);
    expect(input.value).toBe("16");
    expect(told.mock.lastCall).toEqual([16]);
  });

  it("shows its value again when it was emptied and left", () => {
    const { input, told } = shown(PIXELS, 1024);
    type(input, "");
    expect(input.value).toBe("");
    leave(input);
    expect(input.value).toBe("1024");
    expect(told).not.toHaveBeenCalled();
  });

  it("is typed where fractions span many powers of ten", () => {
    const { input, told } = shown(RIDGE, 0.001);
    type(input, "0.0005");
    expect(input.value).toBe("0.0005");
    expect(told.mock.lastCall).toEqual([0.0005]);
  });
});
