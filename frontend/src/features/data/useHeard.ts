import { useEffect, useMemo, useRef, useState } from "react";
import type { Sample } from "@/api/types";

/** The recording that is being played, one at a time, and how to start or stop one. */
export function useHeard(): [string | null, (sample: Sample) => void] {
  const [heard, setHeard] = useState<string | null>(null);
  const player = useRef<HTMLAudioElement | null>(null);
  useEffect(() => () => player.current?.pause(), []);
  const hear = useMemo(
    () => (sample: Sample) => {
      player.current ??= new Audio();
      const audio = player.current;
      const isOn = audio.dataset.sample === sample.id && !audio.paused;
      audio.pause();
      if (isOn) return setHeard(null);
      audio.dataset.sample = sample.id;
      audio.src = sample.media_url;
      audio.onended = () => setHeard(null);
      setHeard(sample.id);
      // Another recording may have taken its place before it began.
      audio.play().catch(() => audio.dataset.sample === sample.id && setHeard(null));
    },
    [],
  );
  return [heard, hear];
}
