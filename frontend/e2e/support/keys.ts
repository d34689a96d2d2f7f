import { createHash } from "node:crypto";
import { expect, type Page } from "@playwright/test";
import { type Binding, KEY_MAP, type Scope } from "../../src/hotkeys/map";

type Key = Pick<Binding, "code" | "mod" | "shift">;

/** A key as a browser reports it while a Chinese input method is on: the place is true, the letter is not. */
export async function press(page: Page, { code, mod, shift }: Key): Promise<void> {
  await page.evaluate(
    (init) => {
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(new KeyboardEvent("keydown", init));
    },
    {
      key: "Process",
      code,
      ctrlKey: mod ?? false,
      shiftKey: shift ?? false,
      bubbles: true,
      cancelable: true,
    },
  );
}

/** A page of labeling and what is read of it. */
export interface Bench {
  page: Page;
  boxes: () => Promise<number>;
  item: () => Promise<string | null>;
  picture: () => Promise<string>;
}

/** What the last key asked for is on the canvas: the next frame draws it, the one after it has begun. */
function painted(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}

export function benchOf(page: Page): Bench {
  return {
    page,
    boxes: () => page.getByRole("option").count(),
    item: () => page.locator("[data-item]").getAttribute("data-item"),
    picture: async () => {
      await painted(page);
      const all = page.locator("[data-stage] canvas");
      const urls = await all.evaluateAll((found) =>
        found.map((one) => (one instanceof HTMLCanvasElement ? one.toDataURL() : "")),
      );
      return createHash("sha256").update(urls.join()).digest("hex");
    },
  };
}

const keysOf = (action: string, scope: Scope): Binding[] =>
  KEY_MAP.filter((one) => one.action === action && one.scope === scope);

const ON_PAGES_OF_THEIR_OWN = /^(confirmOne|confirmAll|toolMagic|split|merge|cutOverlap|ask|sweep)$/;

/** The keys of the grid, of attributes and of what the machine says: a journey of their own tries them. */
export const isOfGridOrAsking = ({ scope, action }: Binding): boolean =>
  scope === "grid" || scope === "asking" || ON_PAGES_OF_THEIR_OWN.test(action);

/** The keys of relations between spans, which their own journey tries. */
export const isOfRelations = ({ scope }: Binding): boolean => scope === "relate" || scope === "linking";

/** Every key that the tests have pressed, so that one added to the map without a test fails here. */
export class Tried {
  private readonly left: Set<Binding>;

  constructor(which: (binding: Binding) => boolean) {
    this.left = new Set<Binding>(KEY_MAP.filter(which));
  }

  note(action: string, scope: Scope, nth = 0): Binding {
    const binding = keysOf(action, scope)[nth];
    if (!binding) throw new Error(`no key for ${scope}.${action}`);
    this.left.delete(binding);
    return binding;
  }

  async press(page: Page, action: string, scope: Scope, nth = 0): Promise<void> {
    await press(page, this.note(action, scope, nth));
  }

  get untried(): string[] {
    return [...this.left].map(({ scope, action, code }) => `${scope}.${action} ${code}`);
  }
}

/** What is read is another after this was done. */
export async function changes<T>(
  read: () => Promise<T>,
  act: () => Promise<void>,
  what: string,
): Promise<void> {
  const before = await read();
  await act();
  await expect.poll(read, { message: what }).not.toEqual(before);
}
