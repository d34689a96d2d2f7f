import { lazy, Suspense, useState } from "react";
import type { TaskType } from "@/api/types";
import { useT } from "@/i18n";
import { Button, Row } from "@/ui";
import type { DraftClass } from "./draft";

const AttributesDialog = lazy(() =>
  import("./AttributesDialog").then((module) => ({ default: module.AttributesDialog })),
);
const SkeletonDialog = lazy(() =>
  import("./SkeletonDialog").then((module) => ({ default: module.SkeletonDialog })),
);

export interface ClassMoreProps {
  task: TaskType;
  draft: DraftClass;
  canEdit: boolean;
  onChange: (changes: Partial<DraftClass>) => void;
}

/** What a class has beside its words: attributes, and key points where those are set. */
export function ClassMore({ task, draft, canEdit, onChange }: ClassMoreProps) {
  const t = useT("labels");
  const [open, setOpen] = useState<"attributes" | "points" | null>(null);
  const { name, attributes, skeleton, count } = draft;
  const take = (changes: Partial<DraftClass>) => {
    onChange(changes);
    setOpen(null);
  };
  return (
    <Row gap={4}>
      <Button variant="quiet" disabled={!canEdit} onClick={() => setOpen("attributes")}>
        {t("attributes", { count: attributes.length })}
      </Button>
      {task === "keypoints" ? (
        <Button variant="quiet" disabled={!canEdit} onClick={() => setOpen("points")}>
          {t("points", { count: skeleton?.points.length ?? 0 })}
        </Button>
      ) : null}
      <Suspense fallback={null}>
        {open === "attributes" ? (
          <AttributesDialog
            name={name}
            asked={attributes}
            onClose={() => setOpen(null)}
            onSave={(asked) => take({ attributes: asked })}
          />
        ) : null}
        {open === "points" ? (
          <SkeletonDialog
            name={name}
            skeleton={skeleton ?? { points: [], lines: [] }}
            isInUse={count > 0 && skeleton !== null}
            onClose={() => setOpen(null)}
            onSave={(next) => take({ skeleton: next })}
          />
        ) : null}
      </Suspense>
    </Row>
  );
}
