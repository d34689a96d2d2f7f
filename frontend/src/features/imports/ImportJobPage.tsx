import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ImportJobPage() {
  const t = useT("imports");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
