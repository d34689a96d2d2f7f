import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function JobPage() {
  const t = useT("jobs");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
