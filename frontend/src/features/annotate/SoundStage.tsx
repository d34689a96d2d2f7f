import { useRef } from "react";
import type { ItemSample } from "@/api/types";
import { SoundViewer } from "@/app/sound/SoundViewer";
import { useHotkeys } from "@/hotkeys/scope";
import styles from "./text.module.css";

/** A recording on the stage; one key plays it and stops it from anywhere on the page. */
export function SoundStage({ sample }: { sample: ItemSample }) {
  const player = useRef<HTMLAudioElement>(null);
  useHotkeys("sound", {
    play: () => {
      const { current: audio } = player;
      if (!audio?.paused) return audio?.pause();
      void audio.play().catch(() => undefined);
    },
  });
  return (
    <div className={styles.sound} data-stage>
      <SoundViewer key={sample.id} sample={sample} playerRef={player} />
    </div>
  );
}
