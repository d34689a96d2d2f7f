import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "@/annotator/journal";
import { addStep, type Shape } from "@/annotator/model";
import type { Item } from "@/api/types";
import { ReviewQueue } from "./reviewQueue";

const shape = (id: string): Shape => ({ id, kind: "box", label: "a", box: [0, 0, 10, 10], source: "human" });

const submitted = (revision: number): Item => ({
  id: "i1",
  campaign: "c1",
  sample: {
    id: "s1",
    name: "a.jpg",
    media_url: "/media/b/1",
    thumb_url: null,
    media_type: "image/png",
    payload: { width: 10, height: 10, mode: "RGB", frames: 1 },
  },
  annotation: { id: "a1", revision, state: "submitted", shapes: [shape("theirs")], review: null },
  lease_until: null,
  state: "submitted",
});

let factory: IDBFactory;
let revision: number;
let isDown: boolean;
let sent: unknown[];

/** The server: one answer waits, a verdict is taken unless it is away. */
async function answer(url: string, init: RequestInit): Promise<Response> {
  if (url.includes("/claim-review/")) return Response.json({ items: [submitted(revision)], remaining: 1 });
  if (url.includes("/review/")) {
    if (isDown) return Response.json({ code: "not_ready", detail: "" }, { status: 503 });
    sent.push(JSON.parse(String(init.body)));
    return Response.json({ id: "a1", revision: 2, state: "accepted", next: null });
  }
  return new Response(null, { status: 404 });
}

beforeEach(() => {
  factory = new IDBFactory();
  revision = 1;
  isDown = false;
  sent = [];
  vi.stubGlobal("fetch", vi.fn(answer));
});

afterEach(() => vi.unstubAllGlobals());

async function opened() {
  const journal = new Journal("rev:review", factory);
  const queue = new ReviewQueue("c1", journal);
  await queue.start();
  const session = queue.current?.session;
  if (!session) throw new Error("nothing to review");
  return { journal, queue, session };
}

async function fixed() {
  const made = await opened();
  made.session.commit(addStep(made.session.shapes, [shape("mine")]));
  await vi.waitFor(async () => expect(await made.journal.unsaved()).toHaveLength(1));
  return made;
}

const idsOf = (shapes: readonly Shape[]) => shapes.map(({ id }) => id);

test("a fix outlives the browser and goes with the verdict", async () => {
  await fixed();
  const { queue, session, journal } = await opened();
  expect(idsOf(session.shapes)).toEqual(["theirs", "mine"]);
  expect(session.canUndo).toBe(true);
  await queue.decide("fix");
  expect(sent).toMatchObject([{ verdict: "fix", revision: 1, shapes: [{ id: "theirs" }, { id: "mine" }] }]);
  await vi.waitFor(async () => expect(await journal.unsaved()).toEqual([]));
});

test("a verdict that did not arrive leaves the fix where it was", async () => {
  const { queue, journal } = await fixed();
  isDown = true;
  await expect(queue.decide("fix")).rejects.toThrow();
  expect(queue.current?.session.canUndo).toBe(true);
  expect(await journal.unsaved()).toHaveLength(1);
});

test("what was begun on an answer that has changed since is not put over the new one", async () => {
  await fixed();
  revision = 2;
  const { session, journal } = await opened();
  expect(idsOf(session.shapes)).toEqual(["theirs"]);
  expect(session.canUndo).toBe(false);
  await vi.waitFor(async () => expect(await journal.unsaved()).toEqual([]));
});

test("an answer left to somebody else is forgotten", async () => {
  const { queue, journal } = await fixed();
  queue.pass();
  await vi.waitFor(async () => expect(await journal.unsaved()).toEqual([]));
});
