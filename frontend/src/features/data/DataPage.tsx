import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function DataPage() {
  const t = useT("data");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
