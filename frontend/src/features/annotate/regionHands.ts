import { type PointerEvent, type RefObject, useEffect, useLayoutEffect, useState } from "react";
import { begunAt, type Drag, draggedRange, draggedTo } from "@/annotator/sound/drag";
import type { RegionEditor } from "@/annotator/sound/editor";
import { type Stretch, within } from "@/annotator/sound/moments";
import { OneRegion } from "@/annotator/sound/oneRegion";
import type { RegionShape } from "@/annotator/sound/regions";

type Player = RefObject<HTMLAudioElement | null>;
type Pointing = (event: PointerEvent<HTMLDivElement>) => void;

/** Play, or stop. */
export function toggle(audio: HTMLAudioElement | null): void {
  if (audio?.paused) void audio.play().catch(() => undefined);
  else audio?.pause();
}

/** The editor's playhead is where the player is. */
export function usePlayer(editor: RegionEditor | null, player: Player): void {
  useLayoutEffect(() => {
    const { current: audio } = player;
    if (!editor || !audio) return;
    editor.player = {
      now: () => audio.currentTime,
      seek: (seconds) => {
        audio.currentTime = seconds;
      },
    };
    return () => {
      editor.player = null;
    };
  }, [editor, player]);
}

/** Playing the chosen region alone: from its beginning, and no further than its end. */
export function useOneRegion(player: Player, editor: RegionEditor | null) {
  const [one] = useState(() => new OneRegion());
  useEffect(() => {
    const { current: audio } = player;
    if (!audio) return;
    const forget = () => one.forget();
    const sought = () => one.sought(audio);
    audio.addEventListener("pause", forget);
    audio.addEventListener("seeking", sought);
    return () => {
      audio.removeEventListener("pause", forget);
      audio.removeEventListener("seeking", sought);
    };
  }, [player, one]);
  return {
    play: () => {
      const { current: audio } = player;
      const region = editor?.chosen;
      if (!audio || !region) return false;
      if (one.isOn) return audio.pause();
      one.begin(region);
      editor.moveTo(region.start);
      void audio.play().catch(() => undefined);
    },
    watch: (audio: HTMLAudioElement) => {
      const end = one.endOf(audio);
      if (end === null) return;
      audio.currentTime = end;
      audio.pause();
    },
  };
}

/** What the mouse does: a drag draws a region or moves an edge, a press goes there and chooses what is there. */
export function useDrag(editor: RegionEditor | null, duration: number) {
  const [drag, setDrag] = useState<(Drag & { readonly x: number }) | null>(null);
  const range = drag && draggedRange(drag, duration);
  const down: Pointing = (event) => {
    if (!editor || event.button !== 0) return;
    const held = editor.readOnly ? null : heldBy(event.target, editor.current.shapes);
    setDrag({ ...begunAt(momentAt(event, duration), held), x: event.clientX });
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move: Pointing = (event) => {
    if (drag) setDrag({ ...draggedTo(drag, momentAt(event, duration), event.clientX - drag.x), x: drag.x });
  };
  const up: Pointing = (event) => {
    setDrag(null);
    if (!drag || !editor) return;
    if (!drag.isMoved) press(editor, drag, regionUnder(event));
    else if (drag.held && range) editor.resize(drag.held.id, drag.held.edge, range[drag.held.edge]);
    else if (range) editor.add(range.start, range.end);
  };
  return {
    /** What is being drawn. */
    drawn: drag && !drag.held && !editor?.readOnly ? range : null,
    /** The regions as they would be if the mouse were let go now. */
    over: (regions: readonly RegionShape[]): readonly RegionShape[] =>
      drag?.held && range
        ? regions.map((region) => (region.id === drag.held?.id ? { ...region, ...range } : region))
        : regions,
    hands: {
      onPointerDown: down,
      onPointerMove: move,
      onPointerUp: up,
      onPointerCancel: () => setDrag(null),
    },
  };
}

function press(editor: RegionEditor, drag: Drag, id: string | undefined): void {
  if (id) {
    editor.choose(id);
    return;
  }
  editor.moveTo(drag.from);
  if (!editor.chooseAt(drag.from)) editor.clear();
}

function momentAt(event: PointerEvent<HTMLDivElement>, duration: number): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return within(((event.clientX - left) / (width || 1)) * duration, duration);
}

function heldBy(target: EventTarget, regions: readonly RegionShape[]): Drag["held"] {
  const grip = target instanceof Element ? target.closest<HTMLElement>("[data-edge]") : null;
  const region = regions.find(({ id }) => id === grip?.dataset.of);
  if (!grip || !region) return null;
  const { id, start, end }: Stretch & { id: string } = region;
  return { id, start, end, edge: grip.dataset.edge === "start" ? "start" : "end" };
}

/** The bar at the pointer; while the track has the pointer, it is the target itself. */
function regionUnder({ clientX, clientY }: PointerEvent): string | undefined {
  return document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>("[data-region]")?.dataset.region;
}

/** Zooming keeps the playhead where it is seen. */
export function useZoomKept(
  track: RefObject<HTMLElement | null>,
  player: Player,
  duration: number,
  zoom: number,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another zoom moves what is seen
  useLayoutEffect(() => {
    const scroller = track.current?.parentElement;
    if (!scroller || !track.current) return;
    const at = ((player.current?.currentTime ?? 0) / (duration || 1)) * track.current.offsetWidth;
    scroller.scrollLeft = at - scroller.clientWidth / 2;
  }, [zoom]);
}
