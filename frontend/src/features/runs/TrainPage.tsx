import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function TrainPage() {
  const t = useT("runs");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
