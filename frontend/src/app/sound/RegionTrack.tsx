import { type CSSProperties, type PointerEventHandler, type ReactNode, type Ref, useMemo } from "react";
import { lanesBy } from "@/annotator/sound/layout";
import { marksOf, markText, type Stretch } from "@/annotator/sound/moments";
import type { Placed } from "@/annotator/text/layout";
import styles from "./regions.module.css";

export interface Region extends Placed {
  readonly source?: string;
}

/** How regions are painted. */
export interface RegionLook {
  readonly colorOf: (label: string) => string;
  readonly nameOf: (label: string) => string;
  /** What is drawn in lanes of its own, so each person's answer; all of it together where nothing is said. */
  readonly groupOf?: (label: string) => string;
}

export interface RegionTrackProps extends RegionLook {
  /** How loud the recording is from its beginning to its end, 0 to 100. */
  peaks: readonly number[];
  duration: number;
  regions: readonly Region[];
  spectrogram?: string | null;
  chosen?: string | null;
  /** What is being drawn, in this color. */
  draft?: (Stretch & { readonly color: string }) | null;
  /** A region that began here and ends, so far, at the playhead. */
  begun?: { readonly at: number; readonly color: string } | null;
  /** How many times wider than what is seen. */
  zoom?: number;
  /** Whether edges can be held. */
  canResize?: boolean;
  trackRef?: Ref<HTMLDivElement>;
  onPointerDown?: PointerEventHandler<HTMLDivElement>;
  onPointerMove?: PointerEventHandler<HTMLDivElement>;
  onPointerUp?: PointerEventHandler<HTMLDivElement>;
  onPointerCancel?: PointerEventHandler<HTMLDivElement>;
  children?: ReactNode;
}

const MARKS = 8;
const LANE_PX = 26;
const MID = 50;
const together = () => "";

/** A recording from its beginning to its end with its regions: over it, and as bars below it in lanes. */
export function RegionTrack(props: RegionTrackProps) {
  const { duration, regions, spectrogram, draft, begun, zoom = 1, groupOf = together, children } = props;
  const lanes = useMemo(() => lanesBy(regions, groupOf), [regions, groupOf]);
  const hands = {
    onPointerDown: props.onPointerDown,
    onPointerMove: props.onPointerMove,
    onPointerUp: props.onPointerUp,
    onPointerCancel: props.onPointerCancel,
  };
  return (
    <div className={styles.scroller} data-scroller>
      <div
        ref={props.trackRef}
        className={styles.track}
        style={{ width: `${100 * zoom}%` }}
        data-track
        data-edits={props.canResize || undefined}
        aria-hidden
        {...hands}
      >
        <Ruler duration={duration} zoom={zoom} />
        <div className={styles.picture}>
          <Wave peaks={props.peaks} />
          {spectrogram ? (
            <img className={styles.spectrogram} src={spectrogram} alt="" draggable={false} />
          ) : null}
          {regions.map((region) => (
            <Band key={region.id} region={region} {...props} />
          ))}
          {draft ? (
            <div className={styles.draft} style={placed(draft, duration, draft.color)} data-draft />
          ) : null}
          {begun ? <div className={styles.begun} style={beginning(begun, duration)} data-begun /> : null}
        </div>
        <div className={styles.lanes} style={{ height: Math.max(1, lanes.count) * LANE_PX }}>
          {regions.map((region) => (
            <Bar key={region.id} region={region} lane={lanes.of.get(region.id) ?? 0} {...props} />
          ))}
        </div>
        {children}
      </div>
    </div>
  );
}

function placed({ start, end }: Stretch, duration: number, color: string): CSSProperties {
  const share = (seconds: number) => `${(100 * seconds) / (duration || 1)}%`;
  return { left: share(start), width: share(end - start), "--class": color } as CSSProperties;
}

const beginning = ({ at, color }: { at: number; color: string }, duration: number): CSSProperties =>
  ({ "--from": at / (duration || 1), "--class": color }) as CSSProperties;

interface PartProps
  extends Pick<RegionTrackProps, "duration" | "chosen" | "colorOf" | "nameOf" | "canResize"> {
  region: Region;
}

function Band({ region, duration, chosen, colorOf, canResize }: PartProps) {
  const isChosen = region.id === chosen;
  return (
    <div
      className={styles.band}
      style={placed(region, duration, colorOf(region.label))}
      data-chosen={isChosen || undefined}
    >
      {isChosen && canResize ? <Edges id={region.id} /> : null}
    </div>
  );
}

function Bar({ region, lane, duration, chosen, colorOf, nameOf, canResize }: PartProps & { lane: number }) {
  return (
    <div
      className={styles.bar}
      style={{ ...placed(region, duration, colorOf(region.label)), top: lane * LANE_PX + 2 }}
      title={nameOf(region.label)}
      data-region={region.id}
      data-chosen={region.id === chosen || undefined}
      data-suggested={region.source === "model" || undefined}
    >
      <span className={styles.barName}>{nameOf(region.label)}</span>
      {canResize ? <Edges id={region.id} /> : null}
    </div>
  );
}

function Edges({ id }: { id: string }) {
  return (
    <>
      <i className={styles.edge} data-edge="start" data-of={id} />
      <i className={styles.edge} data-edge="end" data-of={id} />
    </>
  );
}

function Ruler({ duration, zoom }: { duration: number; zoom: number }) {
  const marks = useMemo(() => marksOf(duration, MARKS * zoom), [duration, zoom]);
  return (
    <div className={styles.ruler}>
      {marks.map((at) => (
        <span key={at} className="num" style={{ left: `${(100 * at) / (duration || 1)}%` }}>
          {markText(at)}
        </span>
      ))}
    </div>
  );
}

/** An outline, so that thousands of moments are one shape to draw. */
function Wave({ peaks }: { peaks: readonly number[] }) {
  const outline = useMemo(() => {
    const high = peaks.map(
      (peak, at) => `${at} ${MID - Math.max(1, peak) / 2} ${at + 1} ${MID - Math.max(1, peak) / 2}`,
    );
    const low = peaks.map(
      (peak, at) => `${at + 1} ${MID + Math.max(1, peak) / 2} ${at} ${MID + Math.max(1, peak) / 2}`,
    );
    return `M${high.join(" ")} ${low.reverse().join(" ")}Z`;
  }, [peaks]);
  return (
    <svg
      className={styles.wave}
      viewBox={`0 0 ${Math.max(1, peaks.length)} 100`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={peaks.length > 0 ? outline : ""} />
    </svg>
  );
}
