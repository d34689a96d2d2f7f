import { lazy, type Ref, Suspense, type SyntheticEvent, useState } from "react";
import type { Sample } from "@/api/types";
import { useT } from "@/i18n";
import sounds from "./sound.module.css";

const Missing = lazy(() => import("@/app/Missing"));
const PLAYER_KEYS: readonly string[] = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space"];

interface SoundPlayerProps {
  sample: Pick<Sample, "id" | "name" | "media_url">;
  playerRef?: Ref<HTMLAudioElement> | undefined;
  onTimeUpdate?: (event: SyntheticEvent<HTMLAudioElement>) => void;
  onEnded?: () => void;
}

/** The browser's own player, and what is said where it cannot play the file. */
export function SoundPlayer({ sample, playerRef, onTimeUpdate, onEnded }: SoundPlayerProps) {
  const t = useT("ui");
  const [mute, setMute] = useState("");
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: a recording of a data set has no captions */}
      <audio
        key={sample.id}
        ref={playerRef}
        className={sounds.player}
        controls
        preload="metadata"
        src={sample.media_url}
        aria-label={t("player", { name: sample.name })}
        onKeyDown={(event) => {
          // The player's own keys; elsewhere on the page the arrows mean something else.
          if (PLAYER_KEYS.includes(event.code)) event.stopPropagation();
        }}
        onTimeUpdate={onTimeUpdate}
        onEnded={onEnded}
        onError={() => setMute(sample.id)}
      />
      {mute === sample.id ? (
        <>
          <p className="muted small">{t("notPlayable")}</p>
          <Suspense>
            <Missing url={sample.media_url} />
          </Suspense>
        </>
      ) : null}
    </>
  );
}
