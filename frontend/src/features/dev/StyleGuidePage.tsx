import { lazy, Suspense, useState } from "react";
import { LookSwitch } from "@/app/TopBar";
import { useT } from "@/i18n";
import { Page, PageHeader, Skeleton, Stack } from "@/ui";
import styles from "./dev.module.css";
import { ActionsSection } from "./guide/ActionsSection";
import { ChoicesSection } from "./guide/ChoicesSection";
import { FieldsSection } from "./guide/FieldsSection";
import { StatesSection } from "./guide/StatesSection";

const DataSection = lazy(() =>
  import("./guide/DataSection").then((module) => ({ default: module.DataSection })),
);

/** The living style guide: every component in its states, in the theme and language chosen on the page. */
export function StyleGuidePage() {
  const t = useT("app");
  const [error] = useState("…");
  return (
    <main className={styles.guide}>
      <Page>
        <PageHeader title={`${t("name")} UI`} actions={<LookSwitch />} />
        <Stack gap={16}>
          <ActionsSection />
          <FieldsSection error={error} />
          <ChoicesSection />
          <Suspense fallback={<Skeleton lines={8} />}>
            <DataSection />
          </Suspense>
          <StatesSection />
        </Stack>
      </Page>
    </main>
  );
}
