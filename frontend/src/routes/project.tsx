import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/app/lazyPage";
import { oneOf, projectRoute, text } from "./root";

export const overviewRoute = createRoute({
  path: "/",
  getParentRoute: () => projectRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/OverviewPage"), "OverviewPage"),
});

export const membersRoute = createRoute({
  path: "members",
  getParentRoute: () => projectRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/MembersPage"), "MembersPage"),
});

export const dataRoute = createRoute({
  path: "data",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({
    dataset: text(search.dataset),
    q: text(search.q),
    label: text(search.label),
    state: text(search.state),
    split: text(search.split),
    finding: text(search.finding),
    ordering: text(search.ordering),
    view: oneOf(search.view, ["grid", "table"]),
    sample: text(search.sample),
  }),
  component: lazyPage(["data"], () => import("@/features/data/DataPage"), "DataPage"),
});

export const importRoute = createRoute({
  path: "data/import",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ dataset: text(search.dataset) }),
  component: lazyPage(["imports"], () => import("@/features/imports/ImportPage"), "ImportPage"),
});

export const importJobRoute = createRoute({
  path: "data/import/$job",
  getParentRoute: () => projectRoute,
  component: lazyPage(["imports"], () => import("@/features/imports/ImportJobPage"), "ImportJobPage"),
});

export const versionsRoute = createRoute({
  path: "versions",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ dataset: text(search.dataset) }),
  component: lazyPage(["versions"], () => import("@/features/versions/VersionsPage"), "VersionsPage"),
});

export const versionRoute = createRoute({
  path: "versions/$version",
  getParentRoute: () => projectRoute,
  component: lazyPage(["versions"], () => import("@/features/versions/VersionPage"), "VersionPage"),
});

export const runsRoute = createRoute({
  path: "runs",
  getParentRoute: () => projectRoute,
  component: lazyPage(["runs"], () => import("@/features/runs/RunsPage"), "RunsPage"),
});

export const trainRoute = createRoute({
  path: "train/new",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ version: text(search.version) }),
  component: lazyPage(["runs"], () => import("@/features/runs/TrainPage"), "TrainPage"),
});

export const runRoute = createRoute({
  path: "runs/$run",
  getParentRoute: () => projectRoute,
  component: lazyPage(["runs"], () => import("@/features/runs/RunPage"), "RunPage"),
});

export const reportRoute = createRoute({
  path: "reports/$evaluation",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ cell: text(search.cell) }),
  component: lazyPage(["reports"], () => import("@/features/reports/ReportPage"), "ReportPage"),
});

export const modelsRoute = createRoute({
  path: "models",
  getParentRoute: () => projectRoute,
  component: lazyPage(["models"], () => import("@/features/models/ModelsPage"), "ModelsPage"),
});

export const modelRoute = createRoute({
  path: "models/$model",
  getParentRoute: () => projectRoute,
  component: lazyPage(["models"], () => import("@/features/models/ModelPage"), "ModelPage"),
});

export const projectEndpointsRoute = createRoute({
  path: "endpoints",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["endpoints"],
    () => import("@/features/endpoints/ProjectEndpointsPage"),
    "ProjectEndpointsPage",
  ),
});
