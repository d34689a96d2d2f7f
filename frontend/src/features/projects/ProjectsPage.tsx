import { useT } from "@/i18n";
import { Page, PageHeader } from "@/ui";

export function ProjectsPage() {
  const t = useT("projects");
  return (
    <Page>
      <PageHeader title={t("title")} />
    </Page>
  );
}
