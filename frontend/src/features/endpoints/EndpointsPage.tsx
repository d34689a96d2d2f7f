import { useQuery } from "@tanstack/react-query";
import { meQuery } from "@/api/auth";
import { useT } from "@/i18n";
import { EmptyState, LinkButton, Page, PageHeader } from "@/ui";
import { EndpointTable } from "./EndpointTable";

export function EndpointsPage() {
  const t = useT("endpoints");
  const me = useQuery(meQuery).data;
  const mayDeploy = me?.is_admin || me?.memberships.some((one) => one.permissions.includes("deploy_project"));
  const make = mayDeploy ? (
    <LinkButton to="/endpoints/new" variant="primary">
      {t("new")}
    </LinkButton>
  ) : null;
  return (
    <Page>
      <PageHeader title={t("title")} description={t("subtitle")} actions={make} />
      <EndpointTable
        empty={
          <EmptyState title={t("emptyTitle")} action={make}>
            {t("emptyText")}
          </EmptyState>
        }
      />
    </Page>
  );
}
