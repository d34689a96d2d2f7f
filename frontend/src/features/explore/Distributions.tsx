import { useQuery } from "@tanstack/react-query";
import { type Bin, distributionsQuery, type Grid } from "@/api/embeddings";
import type { Dataset } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatNumber } from "@/i18n/format";
import { Histogram, Panel } from "@/ui";
import styles from "./explore.module.css";
import { HeatGrid } from "./HeatGrid";

/** How light and which shape the pictures are; how many boxes they have, where, and how large. */
export function Distributions({ dataset }: { dataset: Dataset }) {
  const t = useT("explore");
  return (
    <QueryState query={useQuery(distributionsQuery(dataset.id))}>
      {(found) => (
        <div className={styles.charts}>
          <Bins title={t("brightness")} bins={found.brightness} from={t("dark")} to={t("bright")} />
          <Bins
            title={t("aspect")}
            bins={found.aspect}
            from={t("upright")}
            to={t("wide")}
            note={t("aspectNote")}
          />
          <Bins title={t("boxesPerPicture")} bins={found.boxes_per_picture} />
          <Heat title={t("boxPlaces")} grid={found.box_places} across={t("left")} along={t("top")} />
          <Heat title={t("boxSizes")} grid={found.box_sizes} across={t("narrow")} along={t("low")} />
        </div>
      )}
    </QueryState>
  );
}

function Bins({
  title,
  bins,
  from,
  to,
  note,
}: {
  title: string;
  bins: readonly Bin[];
  from?: string;
  to?: string;
  note?: string;
}) {
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return null;
  return (
    <Panel title={title}>
      <Histogram
        label={title}
        bins={bins.map((bin) => bin.count)}
        from={from ?? formatNumber(first.least, 0)}
        to={to ?? formatNumber(last.most, 0)}
      />
      {note ? <p className="muted small">{note}</p> : null}
    </Panel>
  );
}

function Heat({
  title,
  grid,
  across,
  along,
}: {
  title: string;
  grid: Grid | null;
  across: string;
  along: string;
}) {
  if (!grid) return null;
  return (
    <Panel title={title}>
      <HeatGrid label={title} grid={grid} across={across} along={along} />
    </Panel>
  );
}
