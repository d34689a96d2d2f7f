import type { Parity } from "@/api/models";
import { useT } from "@/i18n";
import { Badge } from "@/ui";

/** Whether the exported file answers like the network that was trained. */
export function ParityBadge({ parity, short }: { parity: Parity | null | undefined; short?: boolean }) {
  const t = useT("reports");
  if (!parity) return <Badge>{short ? t("parityShortNone") : t("parityNone")}</Badge>;
  const words = short ? [t("parityShortOk"), t("parityShortBad")] : [t("parityOk"), t("parityBad")];
  return (
    <Badge tone={parity.ok ? "ok" : "bad"} dot>
      {parity.ok ? words[0] : words[1]}
    </Badge>
  );
}
