import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function StyleGuidePage() {
  const t = useT("app");
  return (
    <Page>
      <PageHeader title={t("name")} />
    </Page>
  );
}
