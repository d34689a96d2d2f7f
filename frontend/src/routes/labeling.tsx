import { createRoute } from "@tanstack/react-router";
import { lazyPage } from "@/app/lazyPage";
import { projectRoute, text, texts } from "./root";

export const labelsRoute = createRoute({
  path: "labels",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ dataset: text(search.dataset) }),
  component: lazyPage(["labels", "data"], () => import("@/features/labels/LabelsPage"), "LabelsPage"),
});

export const tasksRoute = createRoute({
  path: "tasks",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["campaigns", "active"],
    () => import("@/features/campaigns/CampaignsPage"),
    "CampaignsPage",
  ),
});

export const taskNewRoute = createRoute({
  path: "tasks/new",
  getParentRoute: () => projectRoute,
  validateSearch: (search) => ({ dataset: text(search.dataset) }),
  component: lazyPage(["campaigns"], () => import("@/features/campaigns/CampaignNewPage"), "CampaignNewPage"),
});

export const annotateRoute = createRoute({
  path: "annotate/$campaign",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["annotate", "guidelines", "questions"],
    () => import("@/features/annotate/AnnotatePage"),
    "AnnotatePage",
  ),
});

export const gridRoute = createRoute({
  path: "annotate/$campaign/grid",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["annotate", "guidelines", "grid"],
    () => import("@/features/annotate/GridPage"),
    "GridPage",
  ),
});

export const reviewRoute = createRoute({
  path: "review/$campaign",
  getParentRoute: () => projectRoute,
  validateSearch: texts("batch"),
  component: lazyPage(
    ["annotate", "guidelines", "questions"],
    () => import("@/features/annotate/ReviewPage"),
    "ReviewPage",
  ),
});

export const conflictsRoute = createRoute({
  path: "conflicts/$campaign",
  getParentRoute: () => projectRoute,
  validateSearch: texts("row"),
  component: lazyPage(
    ["annotate", "guidelines", "conflicts"],
    () => import("@/features/annotate/ConflictPage"),
    "ConflictPage",
  ),
});

export const agreementRoute = createRoute({
  path: "agreement/$campaign",
  getParentRoute: () => projectRoute,
  validateSearch: texts("a", "b", "label"),
  component: lazyPage(
    ["campaigns", "agreement"],
    () => import("@/features/campaigns/AgreementPage"),
    "AgreementPage",
  ),
});

export const workloadRoute = createRoute({
  path: "workload/$campaign",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["campaigns", "agreement", "workload", "questions", "active", "learning"],
    () => import("@/features/campaigns/WorkloadPage"),
    "WorkloadPage",
  ),
});

export const guidelineRoute = createRoute({
  path: "guideline/$campaign",
  getParentRoute: () => projectRoute,
  component: lazyPage(
    ["campaigns", "guidelines"],
    () => import("@/features/campaigns/GuidelinePage"),
    "GuidelinePage",
  ),
});

export const rulesRoute = createRoute({
  path: "rules/$campaign",
  getParentRoute: () => projectRoute,
  component: lazyPage(["campaigns", "rules"], () => import("@/features/campaigns/RulesPage"), "RulesPage"),
});
