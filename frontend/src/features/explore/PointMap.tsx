import { type KeyboardEvent, type PointerEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import type { PointCloud } from "@/api/embeddings";
import { useT } from "@/i18n";
import styles from "./explore.module.css";
import { FIRST_FRAME, type Frame, frameCorners, frameMoved, type MapPoint } from "./lasso";

const PADDING = 0.03;
const LEAST_STEP_PX = 4;
const FAINT = 0.15;
const CLEAR = 0.85;
/** Few points are drawn larger than many. */
const SIDES_PX = [
  { most: 3_000, side: 5 },
  { most: 30_000, side: 3 },
] as const;

export interface PointMapProps {
  cloud: PointCloud;
  /** Class id -> color; what is not in it is gray. */
  colors: ReadonlyMap<string, string>;
  /** 1 for each point that stands out; all do when it is null. */
  marked: Uint8Array | null;
  region: readonly MapPoint[];
  onRegion: (region: readonly MapPoint[]) => void;
  description: string;
}

const toScreen = (value: number, side: number) => (PADDING + value * (1 - 2 * PADDING)) * side;
const toMap = (value: number, side: number) => (value / side - PADDING) / (1 - 2 * PADDING);

/** All pictures as points. A line drawn around some, or a window moved by keys, chooses them. */
export function PointMap({ cloud, colors, marked, region, onRegion, description }: PointMapProps) {
  const t = useT("explore");
  const id = useId();
  const [box, size] = useSize();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [line, setLine] = useState<readonly MapPoint[]>([]);
  const [frame, setFrame] = useState<Frame | null>(null);
  const order = useMemo(() => byColor(cloud, colors), [cloud, colors]);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme is read from the document
  useEffect(() => {
    if (canvas.current && size.width > 0) draw(canvas.current, size, cloud, order, marked);
  }, [size, cloud, order, marked, theme]);

  const at = (event: PointerEvent): MapPoint => {
    const area = event.currentTarget.getBoundingClientRect();
    return [toMap(event.clientX - area.left, area.width), toMap(event.clientY - area.top, area.height)];
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrame(null);
    setLine([at(event)]);
  };
  const onMove = (event: PointerEvent) => {
    const last = line.at(-1);
    if (!last) return;
    const next = at(event);
    const moved = Math.hypot((next[0] - last[0]) * size.width, (next[1] - last[1]) * size.height);
    if (moved >= LEAST_STEP_PX) setLine([...line, next]);
  };
  const onUp = () => {
    if (line.length > 2) onRegion(line);
    else if (line.length > 0) onRegion([]);
    setLine([]);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.code === "Escape") {
      setFrame(null);
      onRegion([]);
    } else if (event.code === "Enter") {
      if (frame) onRegion(frameCorners(frame));
    } else {
      const next = frameMoved(frame ?? FIRST_FRAME, event.code, event.shiftKey);
      if (!next) return;
      setFrame(next);
    }
    event.preventDefault();
  };
  const shown = line.length > 1 ? line : frame ? frameCorners(frame) : region;
  return (
    <div
      ref={box}
      className={styles.map}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the map is worked with arrow keys
      tabIndex={0}
      role="application"
      aria-label={t("map")}
      aria-describedby={id}
      onPointerDown={onDown}
      onPointerMove={onMove}
      onPointerUp={onUp}
      onPointerCancel={() => setLine([])}
      onKeyDown={onKey}
    >
      <canvas ref={canvas} aria-hidden />
      <svg className={styles.lasso} aria-hidden>
        {shown.length > 1 ? (
          <polygon
            points={shown.map(([x, y]) => `${toScreen(x, size.width)},${toScreen(y, size.height)}`).join(" ")}
          />
        ) : null}
      </svg>
      <p id={id} className="visually-hidden">
        {description} {t("mapKeys")}
      </p>
    </div>
  );
}

function useSize() {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const watch = new ResizeObserver(() =>
      setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return [ref, size] as const;
}

/** Changes whenever the page changes between light and dark. */
function useTheme(): string {
  const [theme, setTheme] = useState("");
  useEffect(() => {
    const watch = new MutationObserver(() =>
      setTheme(document.documentElement.dataset.mantineColorScheme ?? ""),
    );
    watch.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => watch.disconnect();
  }, []);
  return theme;
}

/** Points by their color, so that a canvas changes its color once a class and not once a point. */
function byColor(cloud: PointCloud, colors: ReadonlyMap<string, string>): ReadonlyMap<string, number[]> {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < cloud.count; i++) {
    const color = colors.get(cloud.classes[i] ?? "") ?? "";
    const group = groups.get(color);
    if (group) group.push(i);
    else groups.set(color, [i]);
  }
  return groups;
}

type Size = { width: number; height: number };

function draw(
  canvas: HTMLCanvasElement,
  size: Size,
  cloud: PointCloud,
  groups: ReadonlyMap<string, number[]>,
  marked: Uint8Array | null,
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  const gray = getComputedStyle(canvas).getPropertyValue("--muted").trim();
  if (marked) drawPoints(pen, size, cloud, groups, gray, (i) => marked[i] === 0, FAINT);
  drawPoints(pen, size, cloud, groups, gray, (i) => !marked || marked[i] === 1, CLEAR);
}

function drawPoints(
  pen: CanvasRenderingContext2D,
  { width, height }: Size,
  { xy, count }: PointCloud,
  groups: ReadonlyMap<string, number[]>,
  gray: string,
  isMeant: (point: number) => boolean,
  alpha: number,
): void {
  const side = SIDES_PX.find(({ most }) => count <= most)?.side ?? 2;
  pen.globalAlpha = alpha;
  for (const [color, points] of groups) {
    pen.fillStyle = color || gray;
    for (const i of points.filter(isMeant)) {
      const x = toScreen(xy[2 * i] ?? 0, width) - side / 2;
      const y = toScreen(xy[2 * i + 1] ?? 0, height) - side / 2;
      pen.fillRect(x, y, side, side);
    }
  }
}
