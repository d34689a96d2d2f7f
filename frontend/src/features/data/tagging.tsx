import { lazy, Suspense } from "react";
import type { TagDialogProps } from "./TagDialog";

const Loaded = lazy(() => import("./TagDialog").then((module) => ({ default: module.TagDialog })));

/** The dialog of tags, fetched when it is asked for. */
export function TagDialog(props: TagDialogProps) {
  return (
    <Suspense fallback={null}>
      <Loaded {...props} />
    </Suspense>
  );
}
