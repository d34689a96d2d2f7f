import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "@/annotator/journal";
import { addStep, type Shape } from "@/annotator/model";
import type { Consensus } from "@/api/consensus";
import { ConflictQueue } from "./conflictQueue";

const shape = (id: string): Shape => ({ id, kind: "box", label: "a", box: [0, 0, 10, 10], source: "human" });

const conflict = (id: string): Consensus => ({
  id,
  campaign: "c1",
  state: "conflict",
  reason: "objects",
  revision: 2,
  sample: {
    id: `s-${id}`,
    name: `${id}.jpg`,
    media_url: "/media/b/1",
    thumb_url: null,
    media_type: "image/png",
    payload: { width: 10, height: 10, mode: "RGB", frames: 1 },
  },
  shapes: [shape(`agreed-${id}`)],
  answers: [
    { id: `a-${id}`, author: "ann", shapes: [], seconds_spent: 1, submitted_at: "2026-11-20T10:00:00Z" },
  ],
  decided_by: null,
  decided_at: null,
});

let factory: IDBFactory;
let rows: Map<string, Consensus>;
let elsewhere: Set<string>;
let isDown: boolean;
let sent: { id: string; body: unknown }[];
let claims: { count: number; held: string[] }[];
let released: string[];

const idOf = (url: string) => /\/consensus\/([^/]+)\//.exec(url)?.[1] ?? "";

function claimed(body: { count: number; held: string[] }): Response {
  claims.push(body);
  const waiting = [...rows.values()].filter((row) => row.state === "conflict");
  const free = waiting.filter((row) => !elsewhere.has(row.id) && !body.held.includes(row.id));
  return Response.json({ items: free.slice(0, body.count), remaining: waiting.length });
}

/** The server: what waits and is free, by id; decisions on the revision that was looked at. */
async function answer(url: string, init: RequestInit): Promise<Response> {
  const body = init.body ? JSON.parse(String(init.body)) : {};
  if (url.includes("/campaigns/c1/consensus/claim/")) return claimed(body);
  const row = rows.get(idOf(url));
  if (!row) return Response.json({ code: "not_found", detail: "" }, { status: 404 });
  if (url.includes("/release/")) {
    released.push(row.id);
    return new Response(null, { status: 204 });
  }
  if (!url.includes("/resolve/")) return Response.json(row);
  if (isDown) return Response.json({ code: "not_ready", detail: "" }, { status: 503 });
  if (body.revision !== row.revision)
    return Response.json({ code: "stale_revision", detail: "" }, { status: 409 });
  sent.push({ id: row.id, body });
  rows.set(row.id, { ...row, state: "resolved", decided_by: "me", revision: row.revision + 1 });
  return Response.json(rows.get(row.id));
}

beforeEach(() => {
  factory = new IDBFactory();
  rows = new Map(["k1", "k2", "k3", "k4", "k5"].map((id) => [id, conflict(id)]));
  isDown = false;
  sent = [];
  claims = [];
  released = [];
  elsewhere = new Set();
  vi.stubGlobal("fetch", vi.fn(answer));
});

afterEach(() => vi.unstubAllGlobals());

async function opened(first?: string) {
  const journal = new Journal("rev:conflicts", factory);
  const queue = new ConflictQueue({ campaign: "c1", journal, first });
  await queue.start();
  return { journal, queue };
}

/** Whose turn it is. */
const shownIn = (queue: ConflictQueue) => queue.current?.row.id;

const chosen = (queue: ConflictQueue) => ({ annotation: `a-${queue.current?.row.id}` });

test("every conflict comes once, in order, fetched a few ahead", async () => {
  const { queue } = await opened();
  expect(claims).toEqual([{ count: 3, held: [] }]);
  const seen: (string | undefined)[] = [];
  while (queue.current) {
    seen.push(queue.current.row.id);
    await queue.decide(chosen(queue));
    await vi.waitFor(() => expect(queue.current ?? queue.isDone).toBeTruthy());
  }
  expect(seen).toEqual(["k1", "k2", "k3", "k4", "k5"]);
  expect(sent.map(({ id }) => id)).toEqual(seen);
  expect(sent[0]?.body).toEqual({ revision: 2, annotation: "a-k1" });
  expect(queue.remaining).toBe(0);
  expect(queue.isDone).toBe(true);
});

test("the next one is there before the decision has arrived", async () => {
  const { queue } = await opened();
  const deciding = queue.decide(chosen(queue));
  expect(shownIn(queue)).toBe("k2");
  expect(queue.remaining).toBe(4);
  await deciding;
});

test("a decision that did not arrive brings the conflict back", async () => {
  const { queue } = await opened();
  isDown = true;
  await expect(queue.decide(chosen(queue))).rejects.toThrow();
  expect(shownIn(queue)).toBe("k1");
  expect(queue.current?.isNews).toBe(false);
  expect(queue.remaining).toBe(5);
});

test("where somebody else was first, their decision is shown and not written over", async () => {
  const { queue } = await opened();
  rows.set("k1", { ...conflict("k1"), state: "resolved", decided_by: "eve", revision: 3 });
  await expect(queue.decide(chosen(queue))).rejects.toThrow();
  expect(sent).toEqual([]);
  expect(queue.current?.isNews).toBe(true);
  expect(queue.current?.row).toMatchObject({ id: "k1", state: "resolved", decided_by: "eve" });
  expect(queue.remaining).toBe(4);
  await queue.decide(chosen(queue));
  expect(sent).toEqual([{ id: "k1", body: { revision: 3, annotation: "a-k1" } }]);
});

test("what was left for later comes again when it is asked for", async () => {
  const { queue } = await opened();
  while (queue.current) {
    queue.pass();
    await vi.waitFor(() => expect(queue.current ?? queue.isDone).toBeTruthy());
  }
  expect(queue.passed).toBe(5);
  expect(queue.remaining).toBe(5);
  expect(released).toEqual(["k1", "k2", "k3", "k4", "k5"]);
  await queue.again();
  expect(shownIn(queue)).toBe("k1");
  expect(queue.passed).toBe(0);
});

test("the one that was asked for comes first, whatever its state, and only once", async () => {
  rows.set("k4", { ...conflict("k4"), state: "resolved", decided_by: "eve" });
  const { queue } = await opened("k4");
  expect(shownIn(queue)).toBe("k4");
  queue.pass();
  expect(queue.passed).toBe(0);
  expect(shownIn(queue)).toBe("k1");
  const again = await opened("k2");
  const seen: (string | undefined)[] = [];
  while (again.queue.current) {
    seen.push(again.queue.current.row.id);
    again.queue.pass();
    await vi.waitFor(() => expect(again.queue.current ?? again.queue.isDone).toBeTruthy());
  }
  expect(seen).toEqual(["k2", "k1", "k3", "k5"]);
});

test("an address of nothing is an error, not an empty page", async () => {
  const { queue } = await opened("gone");
  expect(queue.error).not.toBeNull();
  expect(queue.current).toBeUndefined();
});

test("an answer of one's own outlives the browser and goes with the decision", async () => {
  const first = await opened();
  const { session } = first.queue.current ?? {};
  session?.commit(addStep(session.shapes, [shape("mine")]));
  await vi.waitFor(async () => expect(await first.journal.unsaved()).toHaveLength(1));
  const { queue, journal } = await opened();
  const kept = queue.current?.session;
  expect(kept?.shapes.map(({ id }) => id)).toEqual(["agreed-k1", "mine"]);
  expect(kept?.canUndo).toBe(true);
  await queue.decide({ shapes: kept?.shapes ?? [] });
  expect(sent[0]?.body).toMatchObject({ revision: 2, shapes: [{ id: "agreed-k1" }, { id: "mine" }] });
  await vi.waitFor(async () => expect(await journal.unsaved()).toEqual([]));
});

test("what was drawn is still there after somebody else was first", async () => {
  const { queue, journal } = await opened();
  const { session } = queue.current ?? {};
  session?.commit(addStep(session.shapes, [shape("mine")]));
  rows.set("k1", { ...conflict("k1"), state: "resolved", decided_by: "eve", revision: 3 });
  await expect(queue.decide({ shapes: session?.shapes ?? [] })).rejects.toThrow();
  expect(queue.current?.session.shapes.map(({ id }) => id)).toEqual(["agreed-k1", "mine"]);
  expect(await journal.unsaved()).toHaveLength(1);
});

test("what was drawn and left for later is on the device when it comes again", async () => {
  rows = new Map([["k1", conflict("k1")]]);
  const { queue, journal } = await opened();
  const { session } = queue.current ?? {};
  session?.commit(addStep(session.shapes, [shape("mine")]));
  await vi.waitFor(async () => expect(await journal.unsaved()).toHaveLength(1));
  queue.pass();
  await vi.waitFor(() => expect(queue.isDone).toBe(true));
  await queue.again();
  expect(queue.current?.session.shapes.map(({ id }) => id)).toEqual(["agreed-k1", "mine"]);
});

test("what another reviewer holds is not shown, and one is told of it", async () => {
  elsewhere = new Set(["k1", "k2", "k3", "k4", "k5"]);
  const { queue } = await opened();
  expect(queue.isDone).toBe(true);
  expect(queue.remaining).toBe(5);
  elsewhere.delete("k2");
  await queue.again();
  expect(shownIn(queue)).toBe("k2");
});

test("what comes while the last one is looked at is shown after it", async () => {
  rows = new Map([["k1", conflict("k1")]]);
  const { queue } = await opened();
  rows.set("k2", conflict("k2"));
  await queue.decide(chosen(queue));
  await vi.waitFor(() => expect(shownIn(queue)).toBe("k2"));
});

test("whoever leaves gives back what they held", async () => {
  const { queue } = await opened();
  queue.dispose();
  expect(queue.current).toBeUndefined();
  await vi.waitFor(() => expect(released).toEqual(["k1", "k2", "k3"]));
});

test("what is on its way to the server is not handed out again", async () => {
  const { queue } = await opened();
  const deciding = queue.decide(chosen(queue));
  queue.pass();
  expect(claims).toHaveLength(2);
  expect(claims[1]?.held).toEqual(["k2", "k3", "k1"]);
  await deciding;
});
