import { type Ref, useState } from "react";
import type { Sample } from "@/api/types";
import { useT } from "@/i18n";
import { SoundPlayer } from "./SoundPlayer";
import sounds from "./sound.module.css";
import { Waveform } from "./Waveform";

export interface SoundViewerProps {
  sample: Pick<Sample, "id" | "name" | "payload" | "media_url" | "thumb_url">;
  playerRef?: Ref<HTMLAudioElement>;
}

/** A recording to be heard: the browser's own player under its waveform and spectrogram. */
export function SoundViewer({ sample, playerRef }: SoundViewerProps) {
  const t = useT("ui");
  const [played, setPlayed] = useState(0);
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
      <SoundPlayer
        sample={sample}
        playerRef={playerRef}
        onTimeUpdate={({ currentTarget }) => setPlayed(currentTarget.currentTime / (duration_s || 1))}
        onEnded={() => setPlayed(0)}
      />
    </section>
  );
}
