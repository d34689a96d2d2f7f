import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { analysisQuery } from "@/api/embeddings";
import { statisticsQuery } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { AnalysisPanel, isAnalyzable } from "@/app/AnalysisPanel";
import { classText } from "@/app/classWords";
import { useProjectId } from "@/app/inProject";
import { DatasetSwitch, WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Bars, EmptyState, Histogram, LinkButton, Page, PageHeader, Panel, Stack } from "@/ui";
import { Distributions } from "./Distributions";
import styles from "./explore.module.css";
import { MapPanel } from "./MapPanel";

const ROUTE = "/app/p/$project/data/explore";
const CLASSES_SHOWN = 40;

export function ExplorePage() {
  const { dataset } = useSearch({ from: ROUTE });
  return <WithDataset wanted={dataset}>{(found) => <Explore key={found.id} dataset={found} />}</WithDataset>;
}

function Explore({ dataset }: { dataset: Dataset }) {
  const t = useT("explore");
  const project = useProjectId();
  const { region } = useSearch({ from: ROUTE });
  const navigate = useNavigate();
  const analysis = useQuery(analysisQuery(dataset.id)).data;
  const go = (search: { dataset: string; region?: string | undefined }) =>
    void navigate({ to: "/p/$project/data/explore", params: { project }, search, replace: true });
  return (
    <Page wide>
      <PageHeader
        title={t("title")}
        description={t("subtitle")}
        actions={<DatasetSwitch dataset={dataset.id} onChange={(id) => go({ dataset: id })} />}
      />
      <Stack>
        <AnalysisPanel dataset={dataset} />
        {analysis?.map ? (
          <MapPanel
            dataset={dataset}
            region={region}
            onRegion={(next) => go({ dataset: dataset.id, region: next })}
          />
        ) : null}
        {dataset.counts.samples === 0 ? (
          <NothingYet dataset={dataset} />
        ) : isAnalyzable(dataset.modality) ? (
          <div className={styles.charts}>
            <Counts dataset={dataset} />
            {dataset.modality === "image" ? <Distributions dataset={dataset} /> : null}
          </div>
        ) : (
          <Elsewhere dataset={dataset} />
        )}
      </Stack>
    </Page>
  );
}

/** Before the first import there is nothing to draw, only the way there. */
function NothingYet({ dataset }: { dataset: Dataset }) {
  const t = useT("explore");
  const project = useProjectId();
  return (
    <EmptyState
      title={t("nothingYet")}
      action={
        <LinkButton
          to="/p/$project/data"
          params={{ project }}
          search={{ dataset: dataset.id }}
          variant="primary"
        >
          {t("nothingYetDo")}
        </LinkButton>
      }
    >
      {t("nothingYetText")}
    </EmptyState>
  );
}

/** Of rows there is no map; their figures stand with them. */
function Elsewhere({ dataset }: { dataset: Dataset }) {
  const t = useT("explore");
  const project = useProjectId();
  return (
    <EmptyState
      title={t("picturesOnly")}
      action={
        <LinkButton
          to="/p/$project/data"
          params={{ project }}
          search={{ dataset: dataset.id, view: "stats" }}
          variant="primary"
        >
          {t("toStatistics")}
        </LinkButton>
      }
    >
      {t("picturesOnlyText")}
    </EmptyState>
  );
}

function Counts({ dataset }: { dataset: Dataset }) {
  const t = useWords("explore", dataset.modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const found = useQuery(statisticsQuery(dataset.id)).data;
  if (!found || dataset.counts.samples === 0) return null;
  const colors = new Map(dataset.label_schema.classes.map((one) => [one.id, one]));
  return (
    <>
      {found.classes.length > 0 ? (
        <Panel title={t("classes")}>
          <Bars
            label={t("classes")}
            bars={found.classes.slice(0, CLASSES_SHOWN).map((one) => ({
              key: one.id,
              label: classText(colors.get(one.id) ?? one),
              value: one.count,
              color: colors.get(one.id)?.color ?? "var(--accent)",
              onSelect: () =>
                void navigate({
                  to: "/p/$project/data",
                  params: { project },
                  search: { dataset: dataset.id, label: one.id },
                }),
            }))}
          />
        </Panel>
      ) : null}
      {(["width", "height"] as const).map((side) => {
        const bins = found.sizes[side] ?? [];
        const [first, last] = [bins[0], bins.at(-1)];
        return first && last ? (
          <Panel key={side} title={t(side)}>
            <Histogram
              label={t(side)}
              bins={bins.map((bin) => bin.count)}
              from={formatCount(first.from_px)}
              to={formatCount(last.to_px)}
            />
          </Panel>
        ) : null;
      })}
    </>
  );
}
