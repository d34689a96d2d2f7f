import { createRoute, redirect } from "@tanstack/react-router";
import { readSession } from "@/api/auth";
import { lazyPage } from "@/app/lazyPage";
import { localPath } from "@/app/localPath";
import { rootRoute, text } from "./root";

export const loginRoute = createRoute({
  path: "login",
  getParentRoute: () => rootRoute,
  validateSearch: (search) => ({ next: text(search.next) }),
  beforeLoad: async ({ search }) => {
    // A server that does not answer shows the form, which then says so.
    const session = await readSession().catch(() => null);
    if (session?.authenticated) throw redirect({ href: localPath(search.next) });
  },
  component: lazyPage(["auth"], () => import("@/features/auth/LoginPage"), "LoginPage"),
});

export const inviteRoute = createRoute({
  path: "invite/$token",
  getParentRoute: () => rootRoute,
  component: lazyPage(["auth"], () => import("@/features/auth/InvitePage"), "InvitePage"),
});

export const styleGuideRoute = createRoute({
  path: "dev/ui",
  getParentRoute: () => rootRoute,
  component: lazyPage([], () => import("@/features/dev/StyleGuidePage"), "StyleGuidePage"),
});

export const canvasBenchRoute = createRoute({
  path: "dev/canvas",
  getParentRoute: () => rootRoute,
  component: lazyPage([], () => import("@/features/dev/CanvasBenchPage"), "CanvasBenchPage"),
});
