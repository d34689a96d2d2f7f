import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function VersionPage() {
  const t = useT("versions");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
