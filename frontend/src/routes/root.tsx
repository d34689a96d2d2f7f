import { createRootRoute, createRoute, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/auth";
import { asAppError } from "@/api/errors";
import { queryClient } from "@/api/query";
import { CrashPage, NotFoundPage } from "@/app/fallbacks";
import { ProjectLayout } from "@/app/ProjectLayout";
import { Shell } from "@/app/Shell";

export const rootRoute = createRootRoute({ notFoundComponent: NotFoundPage, errorComponent: CrashPage });

/** Pages for signed-in people, inside the shell. */
export const appRoute = createRoute({
  id: "app",
  getParentRoute: () => rootRoute,
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (asAppError(error).status !== 401 && asAppError(error).status !== 403) throw error;
      throw redirect({ to: "/login", search: { next: location.href } });
    }
  },
});

/** Pages of one project, with its second bar. */
export const projectRoute = createRoute({
  path: "p/$project",
  getParentRoute: () => appRoute,
  component: ProjectLayout,
});

/** A search parameter that is a text or absent. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== ""
    ? value
    : typeof value === "number"
      ? String(value)
      : undefined;
}

/** A search parameter that is one of these or absent. */
export function oneOf<V extends string>(value: unknown, options: readonly V[]): V | undefined {
  return options.find((option) => option === value);
}

/** Search parameters that are texts, each absent by default, so that a link need not name them. */
export function texts<K extends string>(...names: readonly K[]) {
  return (search: Record<string, unknown>): { [N in K]?: string | undefined } => {
    const found: { [N in K]?: string | undefined } = {};
    for (const name of names) {
      const value = text(search[name]);
      if (value !== undefined) found[name] = value;
    }
    return found;
  };
}
