import { type Ref, useState } from "react";
import type { Sample } from "@/api/types";
import { useT } from "@/i18n";
import sounds from "./sound.module.css";
import { Waveform } from "./Waveform";

const PLAYER_KEYS: readonly string[] = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space"];

export interface SoundViewerProps {
  sample: Pick<Sample, "id" | "name" | "payload" | "media_url" | "thumb_url">;
  playerRef?: Ref<HTMLAudioElement>;
}

/** A recording to be heard: the browser's own player under its waveform and spectrogram. */
export function SoundViewer({ sample, playerRef }: SoundViewerProps) {
  const t = useT("ui");
  const [played, setPlayed] = useState(0);
  const [isMute, setIsMute] = useState(false);
  const { bars = [], duration_s = 0 } = sample.payload;
  return (
    <section className={sounds.viewer} aria-label={sample.name}>
      <Waveform bars={bars} className={sounds.large} played={played} />
      {sample.thumb_url ? (
        <img
          className={sounds.spectrogram}
          src={sample.thumb_url}
          alt={t("spectrogramOf", { name: sample.name })}
        />
      ) : null}
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
        onTimeUpdate={({ currentTarget }) => setPlayed(currentTarget.currentTime / (duration_s || 1))}
        onEnded={() => setPlayed(0)}
        onError={() => setIsMute(true)}
      />
      {isMute ? <p className="muted small">{t("notPlayable")}</p> : null}
    </section>
  );
}
