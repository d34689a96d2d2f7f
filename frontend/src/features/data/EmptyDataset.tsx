import { lazy, Suspense } from "react";
import type { Dataset } from "@/api/types";
import { useMay } from "@/app/inProject";
import { useWords } from "@/app/words";
import { loadStrings } from "@/i18n";
import { EmptyState } from "@/ui";

/** Packing and sending come only where there is nothing to look at yet. */
const FirstFiles = lazy(async () => {
  const [page] = await Promise.all([import("@/features/imports/FirstFiles"), loadStrings(["imports"])]);
  return { default: page.FirstFiles };
});

/** A data set without samples: what it is for, and where its first files go in. */
export function EmptyDataset({ dataset, title }: { dataset: Dataset; title: string }) {
  const t = useWords("data", dataset.modality);
  const mayCurate = useMay("curate_project");
  return (
    <EmptyState
      title={title}
      action={
        mayCurate ? (
          <Suspense fallback={null}>
            <FirstFiles dataset={dataset} />
          </Suspense>
        ) : null
      }
    >
      {mayCurate ? null : t("emptyViewer")}
    </EmptyState>
  );
}
