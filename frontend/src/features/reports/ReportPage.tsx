import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ReportPage() {
  const t = useT("reports");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
