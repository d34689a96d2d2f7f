import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function RunPage() {
  const t = useT("runs");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
