import { useRef } from "react";
import type { ItemSample } from "@/api/types";
import type { Region, RegionLook } from "@/app/sound/RegionTrack";
import { RegionViewer } from "@/app/sound/RegionViewer";
import { SoundViewer } from "@/app/sound/SoundViewer";
import { useHotkeys } from "@/hotkeys/scope";
import { toggle } from "./regionHands";
import styles from "./text.module.css";

interface SoundStageProps {
  sample: ItemSample;
  /** Regions to be looked at, where a task has some. */
  shown?: RegionLook & { readonly regions: readonly Region[] };
}

/** A recording on the stage; one key plays it and stops it from anywhere on the page. */
export function SoundStage({ sample, shown }: SoundStageProps) {
  const player = useRef<HTMLAudioElement>(null);
  useHotkeys("sound", { play: () => toggle(player.current) });
  return (
    <div className={styles.sound} data-stage>
      {shown ? (
        <RegionViewer key={sample.id} sample={sample} playerRef={player} {...shown} />
      ) : (
        <SoundViewer key={sample.id} sample={sample} playerRef={player} />
      )}
    </div>
  );
}
