import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function JobsPage() {
  const t = useT("jobs");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
