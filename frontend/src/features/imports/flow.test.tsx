import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it, vi } from "vitest";
import { startImport } from "@/api/imports";
import type { Job } from "@/api/types";
import { discard, type Flow, type Options, takeRemote, useFlow } from "./flow";

vi.mock("@/api/imports");
vi.mock("./kept");

const REMOTE = { url: "https://example.org/a.zip" };

let flow: Flow | undefined;

function Shown() {
  flow = useFlow("d");
  return null;
}

it("shows the rehearsal of the last options, though an earlier one is answered later", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  const root = createRoot(document.createElement("div"));
  act(() => root.render(<Shown />));
  const answers: ((job: Job) => void)[] = [];
  vi.mocked(startImport).mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  const ask = () => takeRemote("d", REMOTE, {} as Options);
  await act(async () => {
    const asked = [ask(), ask()];
    answers[1]?.({ id: "second" } as Job);
    answers[0]?.({ id: "first" } as Job);
    await Promise.all(asked);
  });
  expect(flow?.previews).toEqual(["second"]);
  await act(async () => {
    const asked = ask();
    await discard("d");
    answers[2]?.({ id: "third" } as Job);
    await asked;
  });
  expect(flow?.previews).toEqual([]);
  act(() => root.unmount());
  vi.unstubAllGlobals();
});
