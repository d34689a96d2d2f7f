import { type RefObject, useEffect, useRef } from "react";
import { momentText } from "@/annotator/sound/moments";
import styles from "./regions.module.css";

interface PlayheadProps {
  player: RefObject<HTMLAudioElement | null>;
  duration: number;
  /** Where the moment is written. */
  clock?: RefObject<HTMLElement | null>;
  /** Called with every frame while it plays. */
  onPlay?: (audio: HTMLAudioElement) => void;
}

const EVENTS = ["seeking", "timeupdate", "loadedmetadata"] as const;
const ENDS = ["pause", "ended"] as const;

/** Where the player is: drawn with every frame while it plays, without React. */
export function Playhead({ player, duration, clock, onPlay }: PlayheadProps) {
  const line = useRef<HTMLDivElement>(null);
  const latest = useRef(onPlay);
  useEffect(() => {
    latest.current = onPlay;
  });
  useEffect(() => {
    const audio = player.current;
    if (!audio) return;
    let frame = 0;
    const show = () => {
      const at = Math.min(audio.currentTime, duration);
      line.current?.parentElement?.style.setProperty("--head", String(at / (duration || 1)));
      if (clock?.current) clock.current.textContent = momentText(at);
      if (line.current) follow(line.current);
    };
    const run = () => {
      latest.current?.(audio);
      show();
      frame = requestAnimationFrame(run);
    };
    const begin = () => {
      cancelAnimationFrame(frame);
      run();
    };
    const end = () => {
      cancelAnimationFrame(frame);
      show();
    };
    audio.addEventListener("play", begin);
    for (const name of EVENTS) audio.addEventListener(name, show);
    for (const name of ENDS) audio.addEventListener(name, end);
    if (audio.paused) show();
    else begin();
    return () => {
      cancelAnimationFrame(frame);
      audio.removeEventListener("play", begin);
      for (const name of EVENTS) audio.removeEventListener(name, show);
      for (const name of ENDS) audio.removeEventListener(name, end);
    };
  }, [player, duration, clock]);
  return <div ref={line} className={styles.head} data-head />;
}

/** Where only a part of the recording is seen, that with the playhead is. */
function follow(line: HTMLElement): void {
  const scroller = line.closest<HTMLElement>("[data-scroller]");
  if (!scroller || scroller.scrollWidth <= scroller.clientWidth) return;
  const at = line.offsetLeft;
  const { scrollLeft, clientWidth } = scroller;
  if (at < scrollLeft || at > scrollLeft + clientWidth) scroller.scrollLeft = at - clientWidth / 4;
}
