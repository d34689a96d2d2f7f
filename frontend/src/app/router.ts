import { createRouter } from "@tanstack/react-router";
import * as general from "@/routes/general";
import * as labeling from "@/routes/labeling";
import * as project from "@/routes/project";
import * as open from "@/routes/public";
import { appRoute, projectRoute, rootRoute } from "@/routes/root";
import { Pending } from "./fallbacks";

const projectTree = projectRoute.addChildren([
  project.overviewRoute,
  project.activityRoute,
  project.settingsRoute,
  project.membersRoute,
  project.dataRoute,
  project.checksRoute,
  project.cleanRoute,
  project.suspicionsRoute,
  project.exploreRoute,
  project.binRoute,
  project.importRoute,
  project.importJobRoute,
  project.augmentRoute,
  project.versionsRoute,
  project.versionNewRoute,
  project.mergeRoute,
  project.versionRoute,
  project.runsRoute,
  project.trainRoute,
  project.runRoute,
  project.reportsRoute,
  project.reportRoute,
  project.modelsRoute,
  project.modelRoute,
  project.modelVersionRoute,
  project.projectEndpointsRoute,
  labeling.labelsRoute,
  labeling.tasksRoute,
  labeling.taskNewRoute,
  labeling.annotateRoute,
  labeling.gridRoute,
  labeling.reviewRoute,
  labeling.conflictsRoute,
  labeling.agreementRoute,
  labeling.workloadRoute,
  labeling.guidelineRoute,
  labeling.rulesRoute,
]);

const appTree = appRoute.addChildren([
  general.homeRoute,
  general.projectsRoute,
  general.projectNewRoute,
  general.jobsRoute,
  general.jobRoute,
  general.endpointsRoute,
  general.endpointNewRoute,
  general.endpointRoute,
  general.meRoute,
  projectTree,
]);

const tree = rootRoute.addChildren([
  open.loginRoute,
  open.inviteRoute,
  open.styleGuideRoute,
  open.canvasBenchRoute,
  appTree,
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: "intent",
  defaultPendingMs: 300,
  defaultPendingComponent: Pending,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
