import { lazy, Suspense, useState } from "react";
import type { Dataset } from "@/api/types";
import { EditStatus } from "@/app/EditStatus";
import { Panel } from "@/ui";
import type { MoveWay } from "./ClassMoveDialog";

const ClassMoveDialog = lazy(() =>
  import("./ClassMoveDialog").then((module) => ({ default: module.ClassMoveDialog })),
);

/** The class whose marks are about to change, by its id. */
export interface Moving {
  id: string;
  way: MoveWay;
}

export interface ClassMovesProps {
  dataset: Dataset;
  moving: Moving | null;
  onClose: () => void;
}

/** The dialog of a class move, and behind it how far that is and its way back. */
export function ClassMoves({ dataset, moving, onClose }: ClassMovesProps) {
  const [jobId, setJobId] = useState<string | null>(null);
  const label = dataset.label_schema.classes.find(({ id }) => id === moving?.id);
  return (
    <>
      {jobId ? (
        <Panel flush>
          <EditStatus dataset={dataset} jobId={jobId} onJob={(next) => setJobId(next?.id ?? null)} />
        </Panel>
      ) : null}
      <Suspense fallback={null}>
        {moving && label ? (
          <ClassMoveDialog
            dataset={dataset}
            label={label}
            first={moving.way}
            onJob={(job) => setJobId(job.id)}
            onClose={onClose}
          />
        ) : null}
      </Suspense>
    </>
  );
}
