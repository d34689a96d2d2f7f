import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { may, meQuery } from "@/api/auth";
import { type Endpoint, endpointQuery } from "@/api/endpoints";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Page, PageHeader, Panel, Tabs } from "@/ui";
import { EndpointActions } from "./EndpointActions";
import { EndpointState } from "./EndpointState";
import { JournalTab } from "./JournalTab";
import { OverviewTab } from "./OverviewTab";
import { useVersionName } from "./versionNames";

const KeysTab = lazy(() => import("./KeysTab").then((module) => ({ default: module.KeysTab })));
const RequestsTab = lazy(() => import("./RequestsTab").then((module) => ({ default: module.RequestsTab })));
const TryTab = lazy(() => import("./TryTab").then((module) => ({ default: module.TryTab })));

export function EndpointPage() {
  const { endpoint: id } = useParams({ from: "/app/endpoints/$endpoint" });
  const query = useQuery(endpointQuery(id));
  return <QueryState query={query}>{(endpoint) => <One endpoint={endpoint} />}</QueryState>;
}

/** What comes with its tab. */
const later = (panel: ReactNode) => <Suspense fallback={null}>{panel}</Suspense>;

function One({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const navigate = useNavigate();
  const { tab } = useSearch({ from: "/app/endpoints/$endpoint" });
  const me = useQuery(meQuery).data;
  const mayDeploy = may(me, endpoint.project, "deploy_project");
  const name = useVersionName(endpoint.routes[0]?.model_version);
  return (
    <Page>
      <PageHeader
        title={
          <span className="mono" style={{ fontSize: "var(--text-xl)" }}>
            {endpoint.name}
          </span>
        }
        badge={<EndpointState endpoint={endpoint} />}
        description={name}
        actions={mayDeploy ? <EndpointActions endpoint={endpoint} /> : null}
      />
      {endpoint.problem ? <Panel tone="bad">{endpoint.problem}</Panel> : null}
      <Tabs
        label={endpoint.name}
        value={tab ?? "overview"}
        onChange={(next) =>
          void navigate({
            to: "/endpoints/$endpoint",
            params: { endpoint: endpoint.id },
            search: next === "overview" ? {} : { tab: next },
            replace: true,
          })
        }
        tabs={[
          { value: "overview", label: t("call"), panel: <OverviewTab endpoint={endpoint} /> },
          { value: "try", label: t("try"), panel: later(<TryTab endpoint={endpoint} />) },
          {
            value: "keys",
            label: t("keys"),
            panel: later(<KeysTab endpoint={endpoint} mayDeploy={mayDeploy} />),
          },
          { value: "requests", label: t("requests"), panel: later(<RequestsTab endpoint={endpoint} />) },
          { value: "journal", label: t("journal"), panel: <JournalTab endpoint={endpoint} /> },
        ]}
      />
    </Page>
  );
}
