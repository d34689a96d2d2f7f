import { useSyncExternalStore } from "react";
import type { Session } from "@/annotator/session";

/** The session's status and shapes, live. */
export function useSession(session: Session) {
  useSyncExternalStore(
    (notify) => session.subscribe(notify),
    () => session.status,
  );
  return useSyncExternalStore(
    (notify) => session.subscribe(notify),
    () => session.shapes,
  );
}
