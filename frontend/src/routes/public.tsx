import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/app/lazyPage";
import { rootRoute, text } from "./root";

export const loginRoute = createRoute({
  path: "login",
  getParentRoute: () => rootRoute,
  validateSearch: (search) => ({ next: text(search.next) }),
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
