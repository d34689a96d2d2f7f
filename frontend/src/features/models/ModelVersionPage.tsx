import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ModelVersionPage() {
  const t = useT("models");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
