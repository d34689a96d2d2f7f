import type { Parity } from "@/api/models";
import { useT } from "@/i18n";
import { Badge } from "@/ui";

/** Whether the exported file answers like the network that was trained. */
export function ParityBadge({ parity, full }: { parity: Parity | null; full?: boolean }) {
  const t = useT("models");
  if (!parity) return <Badge>{full ? t("parityBadgeNone") : t("parityUnknown")}</Badge>;
  const words = full ? [t("parityBadgeOk"), t("parityBadgeBad")] : [t("parityPassed"), t("parityFailed")];
  return (
    <Badge tone={parity.ok ? "ok" : "bad"} dot>
      {parity.ok ? words[0] : words[1]}
    </Badge>
  );
}
