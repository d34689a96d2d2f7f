import { useMay, useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader } from "@/ui";
import { EndpointTable } from "./EndpointTable";

export function ProjectEndpointsPage() {
  const t = useT("endpoints");
  const project = useProjectId();
  const mayDeploy = useMay("deploy_project");
  const make = mayDeploy ? (
    <LinkButton to="/endpoints/new" search={{ project }} variant="primary">
      {t("new")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHeader title={t("title")} description={t("subtitle")} actions={make} />
      <EndpointTable
        project={project}
        empty={
          <EmptyState title={t("emptyTitle")} action={make}>
            {t("emptyText")}
          </EmptyState>
        }
      />
    </Page>
  );
}
