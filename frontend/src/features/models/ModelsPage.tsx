import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ModelsPage() {
  const t = useT("models");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
