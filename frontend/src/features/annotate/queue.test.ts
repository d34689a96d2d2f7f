import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "@/annotator/journal";
import { addStep } from "@/annotator/model";
import type { Item } from "@/api/types";
import { WorkQueue } from "./queue";

const itemOf = (id: string) =>
  ({
    id,
    campaign: "c1",
    sample: { id: `s-${id}`, name: id, media_url: "/media/b/1", media_type: "text/plain", payload: {} },
    annotation: { id: null, revision: 0, state: null, shapes: [], review: null },
  }) as unknown as Item;

let waiting: string[];
let leased: Set<string>;
let claims: number[];
let released: string[];
let isDeleted: boolean;
/** Held answers to submissions, to be let go by hand; null where they go at once. */
let gate: Promise<void> | null;

/** Hands out what is leased to the caller already and not held, then what nobody has. */
function claimed({ count, held }: { count: number; held: string[] }): Item[] {
  const mine = [...leased].filter((id) => !held.includes(id));
  const taken = [...mine, ...waiting].slice(0, count);
  waiting = waiting.filter((id) => !taken.includes(id));
  for (const id of taken) leased.add(id);
  return taken.map(itemOf);
}

async function answer(url: string, init: RequestInit = {}): Promise<Response> {
  const body = init.body ? JSON.parse(String(init.body)) : {};
  if (isDeleted && url.includes("/annotations/")) await gate;
  if (isDeleted && url.includes("/api/"))
    return Response.json({ code: "not_found", detail: "" }, { status: 404 });
  if (url.includes("/claim/")) {
    claims.push(body.count);
    return Response.json({ items: claimed(body), remaining: waiting.length });
  }
  if (url.includes("/release/")) {
    released.push(/items\/([^/]+)\//.exec(url)?.[1] ?? "");
    return new Response(null, { status: 204 });
  }
  if (!url.includes("/annotations/")) return new Response("a text");
  leased.delete(body.item);
  const next = body.next ? (claimed({ count: 1, held: body.held })[0] ?? null) : undefined;
  await gate;
  const { state } = body;
  return Response.json({ id: "a", revision: 1, state, item_state: state, saved_at: "", findings: [], next });
}

beforeEach(() => {
  waiting = ["i1", "i2", "i3", "i4", "i5", "i6"];
  leased = new Set();
  claims = [];
  released = [];
  isDeleted = false;
  gate = null;
  vi.stubGlobal("fetch", vi.fn(answer));
});

afterEach(() => vi.unstubAllGlobals());

async function opened(): Promise<WorkQueue> {
  const queue = new WorkQueue("c1", new Journal("ann", new IDBFactory()));
  await queue.start();
  return queue;
}

function say(queue: WorkQueue): void {
  const session = queue.current?.session;
  session?.commit(
    addStep(session.shapes, [{ id: crypto.randomUUID(), kind: "class", label: "a", source: "human" }]),
  );
}

test("items come once each, fetched two ahead, and the answer to each submission brings one", async () => {
  const queue = await opened();
  const seen: (string | undefined)[] = [];
  while (!queue.isDone && seen.length < 20) {
    seen.push(queue.current?.item.id);
    say(queue);
    queue.submit();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    await vi.waitFor(() => expect(queue.current ?? queue.isDone).toBeTruthy());
  }
  expect(seen).toEqual(["i1", "i2", "i3", "i4", "i5", "i6"]);
  expect(released).toEqual([]);
  queue.dispose();
});

test("whoever is quicker than the network is handed nothing twice, and nothing is taken from under them", async () => {
  const queue = await opened();
  const turn: { open?: () => void } = {};
  gate = new Promise((resolve) => {
    turn.open = () => resolve();
  });
  const seen: (string | undefined)[] = [];
  for (let n = 0; n < 3; n++) {
    seen.push(queue.current?.item.id);
    say(queue);
    queue.submit();
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  turn.open?.();
  gate = null;
  await vi.waitFor(() => expect(queue.pending).toBe(0));
  await vi.waitFor(() => expect(queue.current).toBeTruthy());
  while (queue.current && seen.length < 20) {
    seen.push(queue.current.item.id);
    say(queue);
    queue.submit();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    await vi.waitFor(() => expect(queue.current ?? queue.isDone).toBeTruthy());
  }
  expect(seen).toEqual(["i1", "i2", "i3", "i4", "i5", "i6"]);
  expect(released).toEqual([]);
  queue.dispose();
});

test("a long day keeps the last fifty within reach, and drafts however old", async () => {
  waiting = Array.from({ length: 130 }, (_, n) => `i${n}`);
  const queue = await opened();
  const draft = queue.current;
  if (!draft) throw new Error("nothing to work on");
  say(queue);
  queue.move(1);
  for (let n = 1; n < 60; n++) {
    say(queue);
    queue.submit();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    await vi.waitFor(() => expect(queue.current).toBeTruthy());
  }
  let back = 0;
  for (; queue.previous; back++) queue.move(-1);
  expect(queue.current).toBe(draft);
  expect(back).toBe(51);
  void draft.session.flush("submitted");
  await vi.waitFor(() => expect(queue.pending).toBe(0));
  for (let n = 0; n < 51; n++) queue.move(1);
  for (back = 0; queue.previous; back++) queue.move(-1);
  expect(back).toBe(50);
  queue.dispose();
});

test("taking back and submitting again leases nothing more, and counts once", async () => {
  waiting = Array.from({ length: 40 }, (_, n) => `i${n}`);
  const queue = await opened();
  const handIn = async () => {
    say(queue);
    queue.submit();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    await new Promise((resolve) => setTimeout(resolve, 40));
  };
  await handIn();
  const { remaining } = queue;
  const stays = queue.current?.item.id;
  for (let n = 0; n < 10; n++) {
    queue.takeBack();
    await vi.waitFor(() => expect(queue.pending).toBe(0));
    await handIn();
  }
  expect(queue.current?.item.id).toBe(stays);
  expect(leased.size).toBeLessThanOrEqual(4);
  expect(queue.remaining).toBe(remaining);
  for (let n = 0; n < 3; n++) await handIn();
  expect(leased.size).toBe(3);
  queue.dispose();
});

test("what an answer brings after the page was left is given back, and not fetched", async () => {
  const queue = await opened();
  const turn: { open?: () => void } = {};
  gate = new Promise((resolve) => {
    turn.open = () => resolve();
  });
  say(queue);
  queue.submit();
  await vi.waitFor(() => expect(leased.has("i4")).toBe(true));
  queue.dispose();
  turn.open?.();
  await vi.waitFor(() => expect(released).toContain("i4"));
  const fetched = vi.mocked(fetch).mock.calls.map(([url]) => String(url));
  expect(fetched.filter((url) => url.includes("/media/"))).toHaveLength(3);
});

test("a page that is left before it began claims nothing", async () => {
  const queue = new WorkQueue("c1", new Journal("ann", new IDBFactory()));
  const started = queue.start();
  queue.dispose();
  await started;
  expect(claims).toEqual([]);
});

test("a task that was deleted is noticed, also by whoever is through before the answers are there", async () => {
  waiting = ["i1", "i2", "i3"];
  const queue = await opened();
  const turn: { open?: () => void } = {};
  gate = new Promise((resolve) => {
    turn.open = () => resolve();
  });
  isDeleted = true;
  for (let n = 0; n < 3; n++) {
    say(queue);
    queue.submit();
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  turn.open?.();
  await vi.waitFor(() => expect(queue.isGone).toBe(true));
  expect(queue.current).toBeUndefined();
  expect(queue.refusal).not.toBeNull();
  queue.dispose();
});
