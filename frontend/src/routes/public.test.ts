import { createMemoryHistory, createRoute, createRouter } from "@tanstack/react-router";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loginRoute } from "./public";
import { rootRoute } from "./root";

const somewhere = createRoute({ path: "$", getParentRoute: () => rootRoute });

async function arrived(path: string): Promise<string> {
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = createRouter({ routeTree: rootRoute.addChildren([loginRoute, somewhere]), history });
  await router.load();
  return router.state.location.href;
}

function answering(response: () => Promise<Response>) {
  vi.stubGlobal("fetch", vi.fn(response));
}

const session = (authenticated: boolean) => async () => Response.json({ authenticated });

describe("/login", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("leads a signed-in person on", async () => {
    answering(session(true));
    expect(await arrived("/login")).toBe("/");
    expect(await arrived("/login?next=%2Fjobs%3Fstate%3Dfailed")).toBe("/jobs?state=failed");
    expect(await arrived("/login?next=https%3A%2F%2Fexample.org%2F")).toBe("/");
  });

  it("is there for everybody else, also when the server is away", async () => {
    answering(session(false));
    expect(await arrived("/login?next=%2Fjobs")).toBe("/login?next=%2Fjobs");
    answering(() => Promise.reject(new TypeError("away")));
    expect(await arrived("/login")).toBe("/login");
  });
});
