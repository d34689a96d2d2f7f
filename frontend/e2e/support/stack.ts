import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");
export const PYTHON = process.env.STUDIO_PYTHON ?? join(ROOT, ".venv/bin/python");
const START_MS = 180_000;
const OUTSIDE = /^STUDIO_|^(DATABASE_URL|REDIS_URL|DJANGO_SETTINGS_MODULE)$/;

export interface Running {
  url: string;
  /** Where a server of buckets may be started that this studio would read: host:port. */
  buckets: string;
  dataDir: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done();
    else child.once("exit", () => done());
  });
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let output = "";
    const timer = setTimeout(() => fail(new Error(`the studio did not start in time:\n${output}`)), START_MS);
    const read = (data: Buffer) => {
      output += data.toString();
      if (!output.includes("Stop: Ctrl-C")) return;
      clearTimeout(timer);
      done();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => {
      clearTimeout(timer);
      fail(new Error(`the studio ended with ${code}:\n${output}`));
    });
  });
}

/** The studio as `make up` starts it, on its own folder and ports. */
export async function startStudio(dataDir: string, username: string, password: string): Promise<Running> {
  const [port, servePort] = [await freePort(), await freePort()];
  const buckets = `127.0.0.1:${await freePort()}`;
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OUTSIDE.test(name)));
  const child = spawn(PYTHON, ["-m", "studio.supervisor"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...kept,
      STUDIO_DATA_DIR: dataDir,
      STUDIO_HOST: "127.0.0.1",
      STUDIO_PORT: String(port),
      STUDIO_SERVE_PORT: String(servePort),
      STUDIO_ADMIN_USERNAME: username,
      STUDIO_ADMIN_PASSWORD: password,
      STUDIO_DEMO: "0",
      STUDIO_OUTGOING_ALLOW: buckets,
    },
  });
  const stop = async () => {
    child.kill("SIGINT");
    await ended(child);
  };
  try {
    await untilReady(child);
  } catch (problem) {
    await stop();
    throw problem;
  }
  return { url: `http://127.0.0.1:${port}`, buckets, dataDir, stop };
}

/** The pid of one child of the running studio, by the name the supervisor gives it. */
export function pidOf(name: string): number {
  const dataDir = process.env.STUDIO_E2E_DATA_DIR;
  if (!dataDir) throw new Error("STUDIO_E2E_DATA_DIR says where the studio at STUDIO_E2E_URL keeps its data");
  const pids: Record<string, number> = JSON.parse(readFileSync(join(dataDir, "run/children.json"), "utf-8"));
  const pid = pids[name];
  if (pid === undefined) throw new Error(`no process named ${name}`);
  return pid;
}
