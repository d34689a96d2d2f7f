import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function AnnotatePage() {
  const t = useT("annotate");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
