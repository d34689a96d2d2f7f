import { beforeEach, expect, test, vi } from "vitest";
import { screenPoint } from "./geometry";
import { ViewGroup } from "./viewGroup";

const fake = (scale = 1) => ({
  zoom: vi.fn(),
  pan: vi.fn(),
  fit: vi.fn(),
  viewport: { scale, offset: screenPoint(0, 0) },
  canvas: { width: 200, height: 100 },
});

const hostOf = () => {
  const host = document.createElement("div");
  host.setPointerCapture = vi.fn();
  document.body.append(host);
  return host;
};

const at = (clientX: number, clientY: number) => ({ clientX, clientY, bubbles: true, button: 0 });

let group: ViewGroup;
beforeEach(() => {
  group = new ViewGroup();
});

test("what is done to one is done to all, until one leaves", () => {
  const [one, two] = [fake(), fake()];
  group.join(hostOf(), one);
  const leave = group.join(hostOf(), two);
  group.zoom(screenPoint(5, 6), 2);
  expect(one.zoom).toHaveBeenCalledWith([5, 6], 2);
  expect(two.zoom).toHaveBeenCalledWith([5, 6], 2);
  leave();
  group.zoomBy(0.5);
  expect(one.zoom).toHaveBeenLastCalledWith([100, 50], 0.5);
  expect(two.zoom).toHaveBeenCalledTimes(1);
});

test("a view that joins later looks where the others look, and at the whole where they do", () => {
  group.join(hostOf(), fake(3));
  expect(group.viewport).toBeUndefined();
  group.pan(10, 0);
  expect(group.viewport?.scale).toBe(3);
  group.fit();
  expect(group.viewport).toBeUndefined();
});

test("a drag moves all and is no click; a press without one is", () => {
  const [host, one, two] = [hostOf(), fake(), fake()];
  group.join(host, one);
  group.join(hostOf(), two);
  const clicked = vi.fn();
  document.body.addEventListener("click", clicked);
  host.dispatchEvent(new PointerEvent("pointerdown", at(10, 10)));
  host.dispatchEvent(new PointerEvent("pointermove", at(11, 11)));
  host.dispatchEvent(new PointerEvent("pointerup", at(11, 11)));
  host.dispatchEvent(new MouseEvent("click", at(11, 11)));
  expect(clicked).toHaveBeenCalledTimes(1);
  expect(two.pan).not.toHaveBeenCalled();
  host.dispatchEvent(new PointerEvent("pointerdown", at(10, 10)));
  host.dispatchEvent(new PointerEvent("pointermove", at(30, 15)));
  host.dispatchEvent(new PointerEvent("pointerup", at(30, 15)));
  host.dispatchEvent(new MouseEvent("click", at(30, 15)));
  expect(two.pan).toHaveBeenCalledWith(20 * window.devicePixelRatio, 5 * window.devicePixelRatio);
  expect(clicked).toHaveBeenCalledTimes(1);
});
