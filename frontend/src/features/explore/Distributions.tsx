import { useQuery } from "@tanstack/react-query";
import { type Bin, distributionsQuery } from "@/api/embeddings";
import type { Dataset } from "@/api/types";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatNumber } from "@/i18n/format";
import { Histogram, Panel } from "@/ui";
import { HeatGrid } from "./HeatGrid";

/** How light and which shape the pictures are; how many boxes they have, where, and how large. */
export function Distributions({ dataset }: { dataset: Dataset }) {
  const t = useT("explore");
  return (
    <QueryState query={useQuery(distributionsQuery(dataset.id))}>
      {(found) => (
        <>
          <Bins title={t("brightness")} bins={found.brightness} from={t("dark")} to={t("bright")} />
          <Bins title={t("aspect")} bins={found.aspect} digits={2} />
          <Bins title={t("boxesPerPicture")} bins={found.boxes_per_picture} digits={0} />
          {found.box_places && found.box_sizes ? (
            <>
              <Panel title={t("boxPlaces")}>
                <HeatGrid label={t("boxPlaces")} grid={found.box_places} axes={t("boxPlacesAxes")} />
              </Panel>
              <Panel title={t("boxSizes")}>
                <HeatGrid label={t("boxSizes")} grid={found.box_sizes} axes={t("boxSizesAxes")} />
              </Panel>
            </>
          ) : null}
        </>
      )}
    </QueryState>
  );
}

function Bins({
  title,
  bins,
  digits = 0,
  from,
  to,
}: {
  title: string;
  bins: readonly Bin[];
  digits?: number;
  from?: string;
  to?: string;
}) {
  const [first, last] = [bins[0], bins.at(-1)];
  if (!first || !last) return null;
  return (
    <Panel title={title}>
      <Histogram
        label={title}
        bins={bins.map((bin) => bin.count)}
        from={from ?? formatNumber(first.least, digits)}
        to={to ?? formatNumber(last.most, digits)}
        names={
          from
            ? []
            : bins.map(({ least, most }) =>
                [...new Set([least, most])].map((edge) => formatNumber(edge, digits)).join("–"),
              )
        }
      />
    </Panel>
  );
}
