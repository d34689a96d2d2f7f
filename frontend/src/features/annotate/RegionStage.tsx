import { IconPlayerPlay, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useMemo, useRef, useState } from "react";
import type { Shapes } from "@/annotator/model";
import type { Style } from "@/annotator/paint";
import type { RegionEditor } from "@/annotator/sound/editor";
import { momentText } from "@/annotator/sound/moments";
import { regionsOf, type Told } from "@/annotator/sound/regions";
import type { ItemSample } from "@/api/types";
import { Playhead } from "@/app/sound/Playhead";
import { RegionTrack } from "@/app/sound/RegionTrack";
import { SoundPlayer } from "@/app/sound/SoundPlayer";
import { usePeaks } from "@/app/sound/usePeaks";
import { type Handlers, useHotkeys } from "@/hotkeys/scope";
import { useT } from "@/i18n";
import { Button, IconButton, Kbd } from "@/ui";
import { isOnControl } from "./onControl";
import { toggle, useDrag, useOneRegion, usePlayer, useZoomKept } from "./regionHands";
import styles from "./regions.module.css";
import type { Regions } from "./useRegions";

interface RegionStageProps {
  sample: ItemSample;
  shapes: Shapes;
  style: Style;
  regions: Regions;
  label: string;
}

const MOST_ZOOM = 64;
const FINE_S = 0.01;
const STEP_S = 0.1;
const LEAP_S = 1;

/** A recording whose regions are marked by keyboard, or by dragging over it. */
export function RegionStage({ sample, shapes, style, regions, label }: RegionStageProps) {
  const t = useT("annotate");
  const { editor, state } = regions;
  const player = useRef<HTMLAudioElement>(null);
  const track = useRef<HTMLDivElement>(null);
  const clock = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState(1);
  const peaks = usePeaks(sample);
  const duration = sample.payload.duration_s ?? 0;
  const one = useOneRegion(player, editor);
  const drag = useDrag(editor, duration);
  const zoomBy = (factor: number) => setZoom((now) => Math.max(1, Math.min(MOST_ZOOM, now * factor)));
  usePlayer(editor, player);
  useZoomKept(track, player, duration, zoom);
  useHotkeys("sound", { play: () => toggle(player.current) });
  useHotkeys("regions", {
    ...(editor ? keysOf(editor) : {}),
    playRegion: one.play,
    zoomIn: () => zoomBy(2),
    zoomOut: () => zoomBy(0.5),
  });
  const marked = useMemo(() => regionsOf(shapes), [shapes]);
  const color = style.colorOf(state.label);
  return (
    <div className={styles.stage} data-stage>
      <section aria-label={label}>
        <div className={styles.row}>
          <span className={styles.now} aria-hidden>
            <b ref={clock}>{momentText(0)}</b> / {momentText(duration)}
          </span>
          <Button
            variant="quiet"
            size="sm"
            icon={<IconPlayerPlay size={16} />}
            trailing={<Kbd>P</Kbd>}
            disabled={!state.chosen}
            onClick={one.play}
          >
            {t("playRegion")}
          </Button>
          <IconButton
            label={t("zoomOut")}
            hint={<Kbd>−</Kbd>}
            disabled={zoom === 1}
            onClick={() => zoomBy(0.5)}
          >
            <IconZoomOut size={18} stroke={1.6} />
          </IconButton>
          <IconButton
            label={t("zoomIn")}
            hint={<Kbd>=</Kbd>}
            disabled={zoom === MOST_ZOOM}
            onClick={() => zoomBy(2)}
          >
            <IconZoomIn size={18} stroke={1.6} />
          </IconButton>
        </div>
        <RegionTrack
          peaks={peaks}
          duration={duration}
          regions={drag.over(marked)}
          spectrogram={sample.thumb_url}
          colorOf={style.colorOf}
          nameOf={style.nameOf}
          chosen={state.chosen}
          draft={drag.drawn && { ...drag.drawn, color }}
          begun={state.from === null ? null : { at: state.from, color }}
          trackRef={track}
          zoom={zoom}
          canResize={editor !== null && !editor.readOnly}
          {...drag.hands}
        >
          <Playhead player={player} duration={duration} clock={clock} onPlay={one.watch} />
        </RegionTrack>
        <SoundPlayer sample={sample} playerRef={player} />
        <p className="visually-hidden" aria-live="polite">
          {state.told ? sentence(state.told, style, t) : ""}
        </p>
      </section>
    </div>
  );
}

const SAY = {
  added: "sayRegionAdded",
  deleted: "sayRegionDeleted",
  chosen: "sayRegionChosen",
  changed: "sayRegionChanged",
  again: "sayRegionAgain",
  begun: "sayRegionBegun",
  class: "sayRegionClass",
  nothing: "sayRegionNothing",
  undone: "saySpanUndone",
  redone: "saySpanRedone",
} as const;

function sentence(told: Told, style: Style, t: ReturnType<typeof useT<"annotate">>): string {
  if ("at" in told) return t(SAY.begun, { start: momentText(told.at) });
  if ("label" in told) return t(SAY.class, { label: style.nameOf(told.label) });
  if (!("region" in told)) return t(SAY[told.kind]);
  const { start, end, label } = told.region;
  const times = { start: momentText(start), end: momentText(end) };
  return t(SAY[told.kind], { ...times, label: style.nameOf(label) });
}

function keysOf(editor: RegionEditor): Handlers {
  return {
    headLeft: () => editor.moveBy(-STEP_S),
    headRight: () => editor.moveBy(STEP_S),
    leapLeft: () => editor.moveBy(-LEAP_S),
    leapRight: () => editor.moveBy(LEAP_S),
    fineLeft: () => editor.moveBy(-FINE_S),
    fineRight: () => editor.moveBy(FINE_S),
    soundStart: () => editor.moveTo(0),
    soundEnd: () => editor.moveTo(editor.duration),
    markStart: () => editor.markStart(),
    markEnd: () => editor.markEnd(),
    startEarlier: () => editor.nudge("start", -FINE_S),
    startLater: () => editor.nudge("start", FINE_S),
    endEarlier: () => editor.nudge("end", -FINE_S),
    endLater: () => editor.nudge("end", FINE_S),
    startEarlier10: () => editor.nudge("start", -STEP_S),
    startLater10: () => editor.nudge("start", STEP_S),
    endEarlier10: () => editor.nudge("end", -STEP_S),
    endLater10: () => editor.nudge("end", STEP_S),
    nextRegion: (event) => !isOnControl(event) && editor.walk(1),
    previousRegion: (event) => !isOnControl(event) && editor.walk(-1),
    deleteRegion: () => editor.remove(),
    letGoRegion: () => editor.clear(),
  };
}
