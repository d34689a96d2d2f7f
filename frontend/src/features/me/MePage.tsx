import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function MePage() {
  const t = useT("me");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
