import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function HomePage() {
  const t = useT("home");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
