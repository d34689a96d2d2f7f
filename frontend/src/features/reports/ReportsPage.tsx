import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ReportsPage() {
  const t = useT("reports");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
