import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ReviewPage() {
  const t = useT("annotate");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
