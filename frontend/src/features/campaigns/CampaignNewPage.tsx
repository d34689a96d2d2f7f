import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function CampaignNewPage() {
  const t = useT("campaigns");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
