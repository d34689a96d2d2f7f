import type { Endpoint } from "@/api/endpoints";
import { useT } from "@/i18n";
import { Badge, type Tone } from "@/ui";

const TONE: Readonly<Record<Endpoint["state"], Tone>> = {
  starting: "warn",
  live: "ok",
  stopped: "neutral",
  unhealthy: "bad",
};

/** Whether an endpoint answers. */
export function EndpointState({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  return (
    <Badge tone={TONE[endpoint.state]} dot>
      {t(`state_${endpoint.state}`)}
    </Badge>
  );
}
