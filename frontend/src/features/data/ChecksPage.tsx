import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ChecksPage() {
  const t = useT("data");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
