import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";
import { uploadFile } from "@/api/uploads";
import { UiProvider } from "@/ui/Provider";
import { RemotePanel } from "./RemotePanel";

vi.mock("@/api/uploads");
vi.mock("./SyncButton", () => ({ SyncButton: () => null }));

afterEach(() => vi.unstubAllGlobals());

it("keeps what is written while a database file is on its way", async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  let arrive: (id: string) => void = () => undefined;
  vi.mocked(uploadFile).mockReturnValue(
    new Promise((resolve) => {
      arrive = resolve;
    }),
  );
  const place = document.body.appendChild(document.createElement("div"));
  const root = createRoot(place);
  const onChoose = vi.fn();
  const initial = { sql: { driver: "sqlite", upload: "old", query: "" } } as const;
  act(() =>
    root.render(
      <UiProvider scheme="light">
        <RemotePanel
          dataset="d"
          modality="tabular"
          initial={initial as never}
          tags={[]}
          onTags={vi.fn()}
          onChoose={onChoose}
        />
      </UiProvider>,
    ),
  );
  const file = place.querySelector<HTMLInputElement>("input[type=file]");
  const query = place.querySelector("textarea");
  if (!file || !query) throw new Error("fields are missing");
  Object.defineProperty(file, "files", { value: [new File(["x"], "rows.db")] });
  act(() => void file.dispatchEvent(new Event("change", { bubbles: true })));
  const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set;
  act(() => {
    set?.call(query, "SELECT 1");
    query.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await act(async () => arrive("new"));
  expect(query.value).toBe("SELECT 1");
  expect(place.textContent).toContain("rows.db");
  act(() => root.unmount());
  place.remove();
});
