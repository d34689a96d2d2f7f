import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function LabelsPage() {
  const t = useT("labels");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
