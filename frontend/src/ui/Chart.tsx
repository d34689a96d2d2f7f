import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import styles from "./Chart.module.css";

export interface ChartSeries {
  key: string;
  label: string;
  color: string;
  dashed?: boolean;
  /** Pairs in rising x. */
  points: readonly (readonly [x: number, y: number])[];
}

export interface ChartProps {
  label: string;
  series: readonly ChartSeries[];
  xLabel?: string;
  heightPx?: number;
  /** Charts with the same name move their cursors together. */
  sync?: string;
  yRange?: readonly [number, number];
  /** From here to there, whatever the points say: one point alone says nothing of an axis. */
  xRange?: readonly [number, number];
  /** The axis of figures that are never negative begins at zero and ends at this or above. */
  yLeast?: number;
  /** Distances that marks of an axis may have: whole minutes, whole requests. */
  xSteps?: readonly number[];
  ySteps?: readonly number[];
  formatX?: (x: number) => string;
  formatY?: (y: number) => string;
}

function columnsOf(series: readonly ChartSeries[]): uPlot.AlignedData {
  const xs = [...new Set(series.flatMap((one) => one.points.map((point) => point[0])))].sort((a, b) => a - b);
  const columns = series.map((one) => {
    const at = new Map(one.points.map((point) => [point[0], point[1]]));
    return xs.map((x) => at.get(x) ?? null);
  });
  return [xs, ...columns];
}

function cssColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

type Ranges = Pick<ChartProps, "xRange" | "yRange" | "yLeast">;
type MinMax = uPlot.Range.MinMax;

/** From zero to a tenth above the highest figure, at least to `least`. */
export function fromZero(most: number | null, least: number): [number, number] {
  return [0, Math.max((most ?? 0) * 1.1, least)];
}

/** The scales: given, from zero on, or around the points. What is given may move on while the chart stands. */
function scalesOf(latest: () => Ranges): uPlot.Scales {
  const { xRange, yRange, yLeast } = latest();
  const given = (range: Ranges["xRange"]): MinMax => [range?.[0] ?? null, range?.[1] ?? null];
  const x = xRange ? { range: () => given(latest().xRange) } : {};
  if (yRange) return { x: { time: false, ...x }, y: { range: () => given(latest().yRange) } };
  if (yLeast === undefined) return { x: { time: false, ...x }, y: {} };
  return {
    x: { time: false, ...x },
    y: { range: (_: uPlot, __: number, most: number): MinMax => fromZero(most, latest().yLeast ?? 0) },
  };
}

function optionsFor(latest: () => ChartProps, width: number): uPlot.Options {
  const props = latest();
  const axis = {
    stroke: cssColor("--muted"),
    font: '12px "Inter Variable", system-ui, sans-serif',
    grid: { stroke: cssColor("--line"), width: 1 },
    ticks: { show: false },
  };
  const { formatX, formatY, xSteps, ySteps } = props;
  return {
    width,
    height: props.heightPx ?? 200,
    scales: scalesOf(latest),
    legend: { live: true },
    cursor: { points: { size: 6 }, ...(props.sync ? { sync: { key: props.sync } } : {}) },
    axes: [
      {
        ...axis,
        ...(xSteps ? { incrs: [...xSteps] } : {}),
        ...(formatX ? { values: (_: uPlot, ticks: number[]) => ticks.map(formatX) } : {}),
      },
      {
        ...axis,
        size: 56,
        ...(ySteps ? { incrs: [...ySteps] } : {}),
        ...(formatY ? { values: (_: uPlot, ticks: number[]) => ticks.map(formatY) } : {}),
      },
    ],
    series: [
      { label: props.xLabel ?? "" },
      ...props.series.map((one) => ({
        label: one.label,
        stroke: one.color,
        width: 1.5,
        spanGaps: true,
        points: { show: one.points.length < 3 },
        ...(one.dashed ? { dash: [5, 4] } : {}),
        value: (_: uPlot, value: number | null) =>
          value === null ? "–" : formatY ? formatY(value) : value.toPrecision(4),
      })),
    ],
  };
}

/** The newest figure of every curve, for those who cannot see it. */
function inWords({ label, series, formatY }: ChartProps): string {
  const figures = series.flatMap((one) => {
    const last = one.points.at(-1)?.[1];
    return last === undefined ? [] : `${one.label} ${formatY ? formatY(last) : last.toPrecision(4)}`;
  });
  return [label, ...figures].join(", ");
}

/** Curves over steps. New points redraw in place; the frame is rebuilt only when series or theme change. */
export function Chart(props: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const shape = `${props.heightPx ?? ""}|${props.series.map((one) => `${one.key}${one.label}${one.color}${one.dashed ?? ""}`).join("|")}|${props.xLabel ?? ""}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` names everything the frame is built from
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const build = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsFor(() => latest.current, Math.max(200, element.clientWidth)),
        columnsOf(latest.current.series),
        element,
      );
    };
    build();
    const resize = new ResizeObserver(() =>
      plot.current?.setSize({
        width: Math.max(200, element.clientWidth),
        height: latest.current.heightPx ?? 200,
      }),
    );
    resize.observe(element);
    const themes = new MutationObserver(build);
    themes.observe(document.documentElement, { attributeFilter: ["data-mantine-color-scheme"] });
    return () => {
      resize.disconnect();
      themes.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(columnsOf(props.series));
  }, [props.series]);

  return <div ref={holder} className={styles.chart} role="img" aria-label={inWords(props)} />;
}
