import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function CanvasBenchPage() {
  const t = useT("app");
  return (
    <Page>
      <PageHeader title={t("name")} />
    </Page>
  );
}
