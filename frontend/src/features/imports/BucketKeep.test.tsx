import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { UiProvider } from "@/ui/Provider";
import { RemotePanel } from "./RemotePanel";

vi.mock("./SyncButton", () => ({ SyncButton: () => null }));
vi.mock("./ImportTags", () => ({ ImportTags: () => null }));

const BUCKET = {
  endpoint: "https://s3.example.com",
  bucket: "photos",
  prefix: "",
  region: "us-east-1",
  key_id: "",
  secret: "",
  keep: "copy",
} as const;
const onChoose = vi.fn();
let place: HTMLElement;
let root: Root;

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

function show(modality: string): void {
  act(() =>
    root.render(
      <UiProvider scheme="light">
        <RemotePanel
          dataset="d"
          modality={modality}
          initial={{ s3: BUCKET }}
          tags={[]}
          onTags={vi.fn()}
          onChoose={onChoose}
        />
      </UiProvider>,
    ),
  );
}

it("leaves pictures in the bucket only where that was chosen", () => {
  show("image");
  const stay = place.querySelector<HTMLInputElement>("input[type=radio][value=reference]");
  const copy = place.querySelector<HTMLInputElement>("input[type=radio][value=copy]");
  if (!stay || !copy) throw new Error("the choice is missing");
  expect(copy.checked).toBe(true);
  act(() => stay.click());
  act(() => place.querySelector("form")?.requestSubmit());
  expect(onChoose).toHaveBeenCalledWith({ s3: { ...BUCKET, keep: "reference" } });
});

it("does not ask where texts are to be, which are always copied", () => {
  show("text");
  expect(place.querySelector("input[type=radio][value=reference]")).toBeNull();
  expect(place.querySelector("input[type=url]")).not.toBeNull();
});
