import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function EndpointNewPage() {
  const t = useT("endpoints");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
