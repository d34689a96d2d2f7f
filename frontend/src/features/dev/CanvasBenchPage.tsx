import { useEffect, useRef, useState } from "react";
import { screenPoint } from "@/annotator/geometry";
import { closeLevels, type Levels } from "@/annotator/levels";
import type { Shape } from "@/annotator/model";
import { View } from "@/annotator/view";
import { CLASS_COLORS } from "@/ui/classColors";
import styles from "./dev.module.css";

const IMAGE = { width: 4000, height: 3000 };
const SEED = 7;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

function boxes(count: number): Shape[] {
  const next = random(SEED);
  return Array.from({ length: count }, (_, at) => {
    const w = 20 + next() * 120;
    const h = 20 + next() * 120;
    return {
      id: `b${at}`,
      kind: "box",
      label: String(at % CLASS_COLORS.length),
      box: [next() * (IMAGE.width - w), next() * (IMAGE.height - h), w, h],
      source: "human",
    };
  });
}

async function picture(): Promise<Levels> {
  const canvas = new OffscreenCanvas(IMAGE.width, IMAGE.height);
  const context = canvas.getContext("2d");
  const next = random(SEED);
  for (let at = 0; context && at < 600; at++) {
    context.fillStyle = `rgb(${next() * 255} ${next() * 255} ${next() * 255})`;
    context.fillRect(next() * IMAGE.width, next() * IMAGE.height, next() * 500, next() * 400);
  }
  const full = await createImageBitmap(canvas);
  const half = await createImageBitmap(full, { resizeWidth: 2000, resizeHeight: 1500 });
  const quarter = await createImageBitmap(half, { resizeWidth: 1000, resizeHeight: 750 });
  return { size: IMAGE, bitmaps: [full, half, quarter] };
}

/**
 * A 4000 × 3000 picture with `?boxes=` boxes. `window.bench` pans and zooms it, and shifts a bare canvas of the same
 * size, which is the least a pan can cost here; e2e/perf.spec.ts counts the frames.
 */
export function CanvasBenchPage() {
  const host = useRef<HTMLDivElement>(null);
  const [count] = useState(() => Number(new URLSearchParams(location.search).get("boxes") ?? 2000));
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    if (!host.current) return;
    const style = {
      stage: "#e9ecf1",
      colorOf: (label: string) => CLASS_COLORS[Number(label)] ?? "#868E96",
      nameOf: (label: string) => label,
      isDashed: () => false,
      withFill: true,
    };
    const view = new View(host.current, style);
    let levels: Levels | null = null;
    void picture().then((made) => {
      levels = made;
      view.setImage(made, boxes(count), { scale: 0.6, offset: view.viewport.offset });
      view.paint();
      Object.assign(window, { bench: { ...benchOf(view), shift: shiftOf(view) } });
      setReady(true);
    });
    return () => {
      view.dispose();
      if (levels) closeLevels(levels);
    };
  }, [count]);
  return (
    <main className={styles.bench} data-ready={isReady}>
      <h1 className="visually-hidden">Canvas bench</h1>
      <div ref={host} className={styles.benchStage} role="img" aria-label={`${count} boxes`} />
    </main>
  );
}

function everyFrame(frames: number, act: (frame: number) => void): Promise<number> {
  return new Promise((resolve) => {
    const start = performance.now();
    let frame = 0;
    const tick = () => {
      act(frame++);
      if (frame < frames) requestAnimationFrame(tick);
      else resolve(performance.now() - start);
    };
    requestAnimationFrame(tick);
  });
}

const stepOf = (frame: number): [number, number] => [
  Math.round(Math.cos(frame / 40) * 9),
  Math.round(Math.sin(frame / 31) * 7),
];

/** The painted scene as one bitmap over the view, moved along the path of the pan and never painted again. */
function shiftOf(view: View) {
  return async (frames: number): Promise<number> => {
    const canvas = view.scene.cloneNode() as HTMLCanvasElement;
    const context = canvas.getContext("2d", { alpha: false });
    context?.drawImage(view.scene, 0, 0);
    view.scene.after(canvas);
    const elapsed = await everyFrame(frames, (frame) => context?.drawImage(canvas, ...stepOf(frame)));
    canvas.remove();
    return elapsed;
  };
}

function benchOf(view: View) {
  const center = view.canvas;
  return {
    pan: (frames: number) => everyFrame(frames, (frame) => view.pan(...stepOf(frame))),
    zoom: (frames: number) =>
      everyFrame(frames, (frame) =>
        view.zoom(screenPoint(center.width / 2, center.height / 2), frame % 60 < 30 ? 1.02 : 1 / 1.02),
      ),
  };
}
