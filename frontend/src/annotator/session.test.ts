import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Journal } from "./journal";
import { addStep, type Shape } from "./model";
import { type Remote, type SaveOutcome, type SavePayload, Session } from "./session";

const shape = (id: string): Shape => ({ id, kind: "box", label: "a", box: [0, 0, 10, 10], source: "human" });
const EMPTY: Remote = { revision: 0, shapes: [], state: "draft" };

/** A server that keeps one annotation and can be unreachable or lose its answers. */
class Server {
  remote: Remote = EMPTY;
  isDown = false;
  losesAnswers = false;
  saves = 0;

  readonly send = (payload: SavePayload): Promise<SaveOutcome> => {
    if (this.isDown) return Promise.resolve({ kind: "unreachable" });
    if (payload.revision !== this.remote.revision)
      return Promise.resolve({ kind: "stale", current: this.remote });
    this.saves += 1;
    this.remote = { revision: payload.revision + 1, shapes: payload.shapes, state: payload.state };
    if (this.losesAnswers) return Promise.resolve({ kind: "unreachable" });
    return Promise.resolve({ kind: "saved", revision: this.remote.revision, state: payload.state });
  };
}

let factory: IDBFactory;
let server: Server;
let journal: Journal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  factory = new IDBFactory();
  server = new Server();
  journal = new Journal("ann", factory);
});

afterEach(() => vi.useRealTimers());

const open = (remote: Remote = server.remote) =>
  new Session({ item: "i1", campaign: "c1", annotation: "a1", remote }, journal, server.send);

const draw = (session: Session, id: string) => session.commit(addStep(session.shapes, [shape(id)]));

/** What a browser killed now would find on its next start. */
async function reopen(remote: Remote = server.remote): Promise<Session> {
  journal = new Journal("ann", factory);
  const [work] = await journal.unsaved();
  const session = open(remote);
  if (work) session.restore(work);
  return session;
}

test("a change is saved after a moment's rest and then forgotten by the device", async () => {
  const session = open();
  draw(session, "s1");
  expect(session.status).toMatchObject({ kind: "device", changes: 1 });
  await vi.advanceTimersByTimeAsync(600);
  await session.flush();
  expect(session.status.kind).toBe("saved");
  expect(server.remote.shapes).toHaveLength(1);
  expect(await journal.unsaved()).toEqual([]);
});

test("the status never says saved while the server has not answered", async () => {
  server.isDown = true;
  const session = open();
  const seen: string[] = [];
  session.subscribe(() => seen.push(session.status.kind));
  draw(session, "s1");
  await session.flush();
  expect(session.status).toMatchObject({ kind: "device", changes: 1 });
  expect(seen).not.toContain("saved");
});

test("200 operations survive a lost server, a killed tab and a cut network", async () => {
  let session = open();
  for (let n = 0; n < 50; n++) draw(session, `s${n}`);
  await session.flush();
  server.isDown = true;
  for (let n = 50; n < 120; n++) draw(session, `s${n}`);
  await session.flush();
  session.dispose();
  session = await reopen();
  expect(session.shapes).toHaveLength(120);
  for (let n = 120; n < 160; n++) draw(session, `s${n}`);
  server.isDown = false;
  await session.flush();
  for (let n = 160; n < 200; n++) draw(session, `s${n}`);
  session.dispose();
  session = await reopen();
  await session.flush();
  expect(session.status.kind).toBe("saved");
  expect(server.remote.shapes.map((one) => one.id)).toEqual(Array.from({ length: 200 }, (_, n) => `s${n}`));
});

test("a save whose answer was lost is recognized and not taken for a conflict", async () => {
  server.losesAnswers = true;
  const session = open();
  draw(session, "s1");
  await session.flush();
  server.losesAnswers = false;
  await session.flush();
  expect(session.status.kind).toBe("saved");
  expect(server.saves).toBe(1);
});

test("another version at the server is shown, and nothing is overwritten until one is chosen", async () => {
  const session = open();
  draw(session, "mine");
  server.remote = { revision: 4, shapes: [shape("theirs")], state: "draft" };
  await session.flush();
  expect(session.status).toMatchObject({ kind: "conflict", theirs: { revision: 4 } });
  expect(server.remote.shapes.map((one) => one.id)).toEqual(["theirs"]);
  await session.resolve("both");
  expect(server.remote.shapes.map((one) => one.id)).toEqual(["theirs", "mine"]);
  expect(session.status.kind).toBe("saved");
  expect(await journal.unsaved()).toEqual([]);
});

test("taking theirs gives their shapes and can be undone", async () => {
  const session = open();
  draw(session, "mine");
  server.remote = { revision: 4, shapes: [shape("theirs")], state: "draft" };
  await session.flush();
  await session.resolve("theirs");
  expect(session.shapes.map((one) => one.id)).toEqual(["theirs"]);
  expect(session.status.kind).toBe("saved");
  session.undo();
  expect(session.shapes.map((one) => one.id)).toEqual(["mine"]);
});

test("an unsent conflict is a conflict again after the tab was killed", async () => {
  server.isDown = true;
  const session = open();
  draw(session, "mine");
  await session.flush();
  session.dispose();
  server.isDown = false;
  server.remote = { revision: 2, shapes: [shape("theirs")], state: "draft" };
  const again = await reopen();
  expect(again.status.kind).toBe("conflict");
  await again.resolve("mine");
  expect(server.remote.shapes.map((one) => one.id)).toEqual(["mine"]);
});

test("a submission made without network is handed in on the next start", async () => {
  server.isDown = true;
  const session = open();
  draw(session, "s1");
  await session.flush("submitted");
  expect(session.status).toMatchObject({ kind: "device", changes: 2 });
  session.dispose();
  server.isDown = false;
  const again = await reopen();
  await again.flush();
  expect(server.remote).toMatchObject({ state: "submitted" });
  expect(again.status.kind).toBe("saved");
});

test("changing what was handed in takes it back as a draft", async () => {
  const session = open();
  draw(session, "s1");
  await session.flush("submitted");
  draw(session, "s2");
  await session.flush();
  expect(server.remote).toMatchObject({ state: "draft" });
  expect(server.remote.shapes).toHaveLength(2);
});

test("a refusal keeps the work and says why", async () => {
  const session = new Session({ item: "i1", campaign: "c1", annotation: "a1", remote: EMPTY }, journal, () =>
    Promise.resolve({ kind: "refused", reason: "closed" }),
  );
  draw(session, "s1");
  await session.flush();
  expect(session.status).toEqual({ kind: "device", changes: 1, reason: "closed" });
  expect(await journal.unsaved()).toHaveLength(1);
});

test("undo is journaled like any other change", async () => {
  server.isDown = true;
  const session = open();
  draw(session, "s1");
  draw(session, "s2");
  session.undo();
  await session.flush();
  session.dispose();
  expect((await reopen()).shapes.map((one) => one.id)).toEqual(["s1"]);
});

test("two people on one machine do not see each other's work", async () => {
  server.isDown = true;
  draw(open(), "s1");
  await vi.advanceTimersByTimeAsync(0);
  expect(await new Journal("bob", factory).unsaved()).toEqual([]);
});

test("saves asked for while one is on its way are sent one after another", async () => {
  let atOnce = 0;
  let most = 0;
  const slowly = async (payload: SavePayload): Promise<SaveOutcome> => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await journal.unsaved();
    atOnce -= 1;
    return server.send(payload);
  };
  const session = new Session(
    { item: "i1", campaign: "c1", annotation: "a1", remote: EMPTY },
    journal,
    slowly,
  );
  draw(session, "s1");
  const all = [session.flush("submitted"), session.flush("draft")];
  draw(session, "s2");
  all.push(session.flush());
  await Promise.all(all);
  expect(most).toBe(1);
  expect(session.status.kind).toBe("saved");
  expect(server.remote).toMatchObject({ state: "draft", shapes: [{ id: "s1" }, { id: "s2" }] });
});

test("what was refused for one of its objects is kept as a draft, and can be handed in once it is said", async () => {
  let refuses = true;
  const send = (payload: SavePayload): Promise<SaveOutcome> =>
    refuses && payload.state === "submitted"
      ? Promise.resolve({ kind: "refused", reason: "say it", at: { shape: "s1", attribute: "color" } })
      : server.send(payload);
  const session = new Session({ item: "i1", campaign: "c1", annotation: "a1", remote: EMPTY }, journal, send);
  draw(session, "s1");
  await session.flush("submitted");
  expect(session.isSubmitted).toBe(false);
  await session.flush();
  expect(server.remote).toMatchObject({ state: "draft", shapes: [{ id: "s1" }] });
  expect(session.status.kind).toBe("saved");
  refuses = false;
  await session.flush("submitted");
  expect(server.remote.state).toBe("submitted");
});
