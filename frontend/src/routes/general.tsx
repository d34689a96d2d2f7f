import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/app/lazyPage";
import { appRoute, oneOf, text, texts } from "./root";

export const homeRoute = createRoute({
  path: "/",
  getParentRoute: () => appRoute,
  component: lazyPage(["home", "projects"], () => import("@/features/home/HomePage"), "HomePage"),
});

export const projectsRoute = createRoute({
  path: "projects",
  getParentRoute: () => appRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/ProjectsPage"), "ProjectsPage"),
});

export const projectNewRoute = createRoute({
  path: "projects/new",
  getParentRoute: () => appRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/ProjectNewPage"), "ProjectNewPage"),
});

export const jobsRoute = createRoute({
  path: "jobs",
  getParentRoute: () => appRoute,
  validateSearch: (search) => ({ state: text(search.state) }),
  component: lazyPage(["jobs"], () => import("@/features/jobs/JobsPage"), "JobsPage"),
});

export const jobRoute = createRoute({
  path: "jobs/$job",
  getParentRoute: () => appRoute,
  component: lazyPage(["jobs"], () => import("@/features/jobs/JobPage"), "JobPage"),
});

export const endpointsRoute = createRoute({
  path: "endpoints",
  getParentRoute: () => appRoute,
  component: lazyPage(["endpoints"], () => import("@/features/endpoints/EndpointsPage"), "EndpointsPage"),
});

export const endpointNewRoute = createRoute({
  path: "endpoints/new",
  getParentRoute: () => appRoute,
  validateSearch: texts("project", "version"),
  component: lazyPage(["endpoints"], () => import("@/features/endpoints/EndpointNewPage"), "EndpointNewPage"),
});

const ENDPOINT_TABS = ["overview", "try", "keys", "requests", "journal"] as const;

export const endpointRoute = createRoute({
  path: "endpoints/$endpoint",
  getParentRoute: () => appRoute,
  validateSearch: (search): { tab?: (typeof ENDPOINT_TABS)[number] } => {
    const tab = oneOf(search.tab, ENDPOINT_TABS);
    return tab ? { tab } : {};
  },
  component: lazyPage(["endpoints"], () => import("@/features/endpoints/EndpointPage"), "EndpointPage"),
});

export const meRoute = createRoute({
  path: "me",
  getParentRoute: () => appRoute,
  component: lazyPage(["me"], () => import("@/features/me/MePage"), "MePage"),
});
