import type { Run } from "@/api/training";
import { useT } from "@/i18n";
import { Badge, type Tone } from "@/ui";

const TONE: Readonly<Record<Run["state"], Tone>> = {
  queued: "neutral",
  running: "accent",
  succeeded: "ok",
  failed: "bad",
  cancelled: "neutral",
};

/** The state of a run as a badge. */
export function RunState({ run }: { run: Run }) {
  const t = useT("runs");
  return (
    <Badge tone={TONE[run.state]} dot>
      {t(`state_${run.state}`)}
    </Badge>
  );
}
