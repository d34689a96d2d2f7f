import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/app/lazyPage";
import { oneOf, projectRoute, texts } from "./root";

export const overviewRoute = createRoute({
  path: "/",
  getParentRoute: () => projectRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/OverviewPage"), "OverviewPage"),
});

export const activityRoute = createRoute({
  path: "activity",
  getParentRoute: () => projectRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/ActivityPage"), "ActivityPage"),
});

export const settingsRoute = createRoute({
  path: "settings",
  getParentRoute: () => projectRoute,
  component: lazyPage(["projects"], () => import("@/features/projects/SettingsPage"), "SettingsPage"),
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
    ...texts(
      "dataset",
      "q",
      "label",
      "state",
      "split",
      "finding",
      "tag",
      "ordering",
      "columns",
      "sample",
      "mark",
      "similar",
      "region",
      "rows",
      "column",
    )(search),
    ...(search.view === "stats" || search.view === "table"
      ? { view: oneOf(search.view, ["stats", "table"]) }
      : {}),
  }),
  component: lazyPage(["data", "changes", "tables"], () => import("@/features/data/DataPage"), "DataPage"),
});

export const checksRoute = createRoute({
  path: "data/checks",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset"),
  component: lazyPage(
    ["data", "explore", "tables", "checks"],
    () => import("@/features/data/ChecksPage"),
    "ChecksPage",
  ),
});

export const cleanRoute = createRoute({
  path: "data/clean",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset", "q", "steps"),
  component: lazyPage(
    ["clean", "cleanRows", "data", "tables"],
    () => import("@/features/clean/CleanPage"),
    "CleanPage",
  ),
});

export const suspicionsRoute = createRoute({
  path: "data/labels",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset"),
  component: lazyPage(
    ["data", "explore", "checks"],
    () => import("@/features/explore/SuspicionsPage"),
    "SuspicionsPage",
  ),
});

export const exploreRoute = createRoute({
  path: "data/explore",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset", "region"),
  component: lazyPage(["data", "explore"], () => import("@/features/explore/ExplorePage"), "ExplorePage"),
});

export const binRoute = createRoute({
  path: "data/bin",
  getParentRoute: () => projectRoute,
  component: lazyPage(["bin", "data"], () => import("@/features/bin/BinPage"), "BinPage"),
});

export const importRoute = createRoute({
  path: "data/import",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset"),
  component: lazyPage(
    ["imports", "data", "tables"],
    () => import("@/features/imports/ImportPage"),
    "ImportPage",
  ),
});

export const importJobRoute = createRoute({
  path: "data/import/$job",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["imports", "data", "tables"],
    () => import("@/features/imports/ImportJobPage"),
    "ImportJobPage",
  ),
});

export const augmentRoute = createRoute({
  path: "augment",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset", "recipe"),
  component: lazyPage(["augment", "data"], () => import("@/features/augment/AugmentPage"), "AugmentPage"),
});

export const versionsRoute = createRoute({
  path: "versions",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset"),
  component: lazyPage(
    ["versions", "changes", "data"],
    () => import("@/features/versions/VersionsPage"),
    "VersionsPage",
  ),
});

export const versionNewRoute = createRoute({
  path: "versions/new",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset", "split"),
  component: lazyPage(
    ["versions", "data"],
    () => import("@/features/versions/VersionNewPage"),
    "VersionNewPage",
  ),
});

export const mergeRoute = createRoute({
  path: "versions/merge",
  getParentRoute: () => projectRoute,
  validateSearch: texts("dataset", "from", "version", "merge"),
  component: lazyPage(["changes", "data"], () => import("@/features/versions/MergePage"), "MergePage"),
});

export const versionRoute = createRoute({
  path: "versions/$version",
  getParentRoute: () => projectRoute,
  validateSearch: texts("against"),
  component: lazyPage(
    ["versions", "changes", "data", "tables", "imports"],
    () => import("@/features/versions/VersionPage"),
    "VersionPage",
  ),
});

export const runsRoute = createRoute({
  path: "runs",
  getParentRoute: () => projectRoute,
  component: lazyPage(["runs"], () => import("@/features/runs/RunsPage"), "RunsPage"),
});

export const trainRoute = createRoute({
  path: "train/new",
  getParentRoute: () => projectRoute,
  validateSearch: texts("version", "dataset"),
  component: lazyPage(["runs", "data"], () => import("@/features/runs/TrainPage"), "TrainPage"),
});

export const runRoute = createRoute({
  path: "runs/$run",
  getParentRoute: () => projectRoute,
  component: lazyPage(["runs", "augment"], () => import("@/features/runs/RunPage"), "RunPage"),
});

export const reportsRoute = createRoute({
  path: "reports",
  getParentRoute: () => projectRoute,
  component: lazyPage(["reports"], () => import("@/features/reports/ReportsPage"), "ReportsPage"),
});

export const reportRoute = createRoute({
  path: "reports/$version",
  getParentRoute: () => projectRoute,
  validateSearch: texts("split", "cell"),
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

export const modelVersionRoute = createRoute({
  path: "models/$model/$version",
  getParentRoute: () => projectRoute,
  component: lazyPage(["models"], () => import("@/features/models/ModelVersionPage"), "ModelVersionPage"),
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
