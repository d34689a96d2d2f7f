import type { Consensus } from "@/api/consensus";
import { lookup, useT } from "@/i18n";

/** How a sample stands, as a sentence. */
export function useStanding({ state, reason, decided_by: by }: Consensus): string {
  const t = useT("conflicts");
  if (state === "conflict") return lookup("conflicts", `reason_${reason}`) ?? t("reason_votes");
  if (state === "resolved") return t("decidedBy", { name: by ?? "–" });
  return t(`state_${state}`);
}
