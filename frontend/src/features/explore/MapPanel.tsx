import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { mapQuery, type PointCloud } from "@/api/embeddings";
import { samplesPages } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { classText } from "@/app/classWords";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useWords } from "@/app/words";
import { formatCount } from "@/i18n/format";
import { Button, LinkButton, Panel } from "@/ui";
import styles from "./explore.module.css";
import { insideOf, type MapPoint, regionOf, regionText } from "./lasso";
import { PointMap } from "./PointMap";

const SHOWN = 24;
const EXCERPTS = 8;
const CLASSES_SHOWN = 24;

export interface MapPanelProps {
  dataset: Dataset;
  region: string | undefined;
  onRegion: (region: string | undefined) => void;
}

/** The map with its classes, and what was chosen on it. */
export function MapPanel(props: MapPanelProps) {
  const query = useQuery(mapQuery(props.dataset.id));
  return <QueryState query={query}>{(cloud) => <Mapped {...props} cloud={cloud} />}</QueryState>;
}

function Mapped({ dataset, region, onRegion, cloud }: MapPanelProps & { cloud: PointCloud }) {
  const t = useWords("explore", dataset.modality);
  const [only, setOnly] = useState<string | null>(null);
  const corners = useMemo(() => regionOf(region), [region]);
  const colors = useMemo(
    () => new Map(dataset.label_schema.classes.map((one) => [one.id, one.color])),
    [dataset],
  );
  const marked = useMemo(() => markedBy(cloud, corners, only), [cloud, corners, only]);
  const chosen = marked ? marked.reduce((sum, one) => sum + one, 0) : cloud.count;
  const counts = useMemo(() => countsOf(cloud, corners.length > 0 ? marked : null), [cloud, corners, marked]);
  const choose = (points: readonly MapPoint[]) =>
    onRegion(points.length > 2 ? regionText(points) : undefined);
  const classes = [...dataset.label_schema.classes.map((one) => ({ ...one, text: classText(one) }))];
  return (
    <Panel title={t("map")} actions={<span className="muted small">{t("mapHint")}</span>}>
      <div className={styles.mapRow}>
        <PointMap
          cloud={cloud}
          colors={colors}
          marked={marked}
          region={corners}
          onRegion={choose}
          description={t("mapText", { count: cloud.count, classes: classes.length })}
        />
        <div className={styles.mapSide}>
          <ul className={styles.legend} aria-label={t("mapClasses")}>
            {classes.slice(0, CLASSES_SHOWN).map(({ id, text, color }) => (
              <li key={id}>
                <button
                  type="button"
                  aria-pressed={only === id}
                  style={{ "--class": color }}
                  onClick={() => setOnly(only === id ? null : id)}
                >
                  <span className="ellipsis">{text}</span>
                  <span className="num muted">{formatCount(counts.get(id) ?? 0)}</span>
                </button>
              </li>
            ))}
          </ul>
          <p aria-live="polite">
            <strong>{t("mapChosen", { count: chosen })}</strong>
          </p>
          {region ? (
            <Chosen dataset={dataset} region={region} label={only} onClear={() => onRegion(undefined)} />
          ) : null}
        </div>
      </div>
    </Panel>
  );
}

function Chosen({
  dataset,
  region,
  label,
  onClear,
}: {
  dataset: Dataset;
  region: string;
  label: string | null;
  onClear: () => void;
}) {
  const t = useWords("explore", dataset.modality);
  const project = useProjectId();
  const pages = useInfiniteQuery(samplesPages(dataset.id, { region, label: label ?? undefined }));
  const samples = pages.data?.pages[0]?.results.slice(0, SHOWN) ?? [];
  return (
    <>
      <div className={styles.mapActions}>
        <LinkButton
          size="sm"
          variant="primary"
          to="/p/$project/data"
          params={{ project }}
          search={{ dataset: dataset.id, region, label: label ?? undefined }}
        >
          {t("openChosen")}
        </LinkButton>
        <Button size="sm" onClick={onClear}>
          {t("clearChosen")}
        </Button>
      </div>
      {dataset.modality === "text" ? (
        <ul className={styles.excerpts}>
          {samples.slice(0, EXCERPTS).map((sample) => (
            <li key={sample.id} dir="auto">
              {sample.payload.excerpt || sample.name}
            </li>
          ))}
        </ul>
      ) : null}
      <div className={styles.thumbs}>
        {samples.map((sample) =>
          sample.thumb_url ? (
            <img
              key={sample.id}
              src={sample.thumb_url}
              alt={sample.name}
              title={sample.name}
              loading="lazy"
            />
          ) : null,
        )}
      </div>
    </>
  );
}

/** Which points stand out; null when nothing was chosen. */
function markedBy(cloud: PointCloud, corners: readonly MapPoint[], only: string | null): Uint8Array | null {
  if (corners.length < 3 && only === null) return null;
  const marked = corners.length < 3 ? new Uint8Array(cloud.count).fill(1) : insideOf(cloud.xy, corners);
  if (only !== null) {
    for (let i = 0; i < cloud.count; i++) if (cloud.classes[i] !== only) marked[i] = 0;
  }
  return marked;
}

function countsOf(cloud: PointCloud, marked: Uint8Array | null): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  cloud.classes.forEach((one, i) => {
    if (!marked || marked[i]) counts.set(one, (counts.get(one) ?? 0) + 1);
  });
  return counts;
}
