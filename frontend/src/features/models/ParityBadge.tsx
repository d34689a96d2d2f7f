import type { Parity } from "@/api/models";
import { useT } from "@/i18n";
import { Badge } from "@/ui";

/** Whether the exported file answers like the network that was trained. */
export function ParityBadge({ parity }: { parity: Parity | null }) {
  const t = useT("models");
  if (!parity) return <Badge>{t("parityUnknown")}</Badge>;
  return (
    <Badge tone={parity.passed ? "ok" : "bad"} dot>
      {parity.passed ? t("parityPassed") : t("parityFailed")}
    </Badge>
  );
}
