import { type RefObject, useRef } from "react";
import type { Sample } from "@/api/types";
import { Playhead } from "./Playhead";
import { type Region, type RegionLook, RegionTrack } from "./RegionTrack";
import { SoundPlayer } from "./SoundPlayer";
import sounds from "./sound.module.css";
import { usePeaks } from "./usePeaks";

interface RegionViewerProps extends RegionLook {
  sample: Pick<Sample, "id" | "name" | "payload" | "media_url" | "thumb_url">;
  regions: readonly Region[];
  playerRef?: RefObject<HTMLAudioElement | null>;
}

/** A recording to be heard, with its regions to be looked at. */
export function RegionViewer({ sample, regions, playerRef, ...look }: RegionViewerProps) {
  const own = useRef<HTMLAudioElement>(null);
  const player = playerRef ?? own;
  const peaks = usePeaks(sample);
  const duration = sample.payload.duration_s ?? 0;
  return (
    <section className={sounds.viewer} aria-label={sample.name}>
      <RegionTrack
        peaks={peaks}
        duration={duration}
        regions={regions}
        spectrogram={sample.thumb_url}
        {...look}
      >
        <Playhead player={player} duration={duration} />
      </RegionTrack>
      <SoundPlayer sample={sample} playerRef={player} />
    </section>
  );
}
