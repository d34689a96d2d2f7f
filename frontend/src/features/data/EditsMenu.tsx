import { IconHistory } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import type { Dataset, Job } from "@/api/types";
import { useT } from "@/i18n";
import { Drawer, IconButton, Skeleton } from "@/ui";

const Edits = lazy(() => import("./Edits").then((module) => ({ default: module.Edits })));

/** The changes of many samples at once: who, what, how many, and the way back, also after a reload. */
export function EditsMenu({ dataset, onJob }: { dataset: Dataset; onJob: (job: Job) => void }) {
  const t = useT("changes");
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <IconButton label={t("edits")} onClick={() => setIsOpen(true)}>
        <IconHistory size={18} />
      </IconButton>
      <Drawer open={isOpen} onClose={() => setIsOpen(false)} title={t("edits")}>
        <Suspense fallback={<Skeleton lines={4} />}>
          <Edits
            dataset={dataset}
            onJob={(job) => {
              setIsOpen(false);
              onJob(job);
            }}
          />
        </Suspense>
      </Drawer>
    </>
  );
}
