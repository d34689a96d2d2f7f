import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { AUGMENTABLE } from "@/api/augment";
import { datasetQuery } from "@/api/datasets";
import { rowsOf } from "@/api/query";
import type { Dataset } from "@/api/types";
import { type DatasetVersion, versionQuery, versionsPages } from "@/api/versions";
import { classText } from "@/app/classWords";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useIsTrainable } from "@/app/trainable";
import { findingText, useWords, type Words } from "@/app/words";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import {
  Breadcrumb,
  Facts,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  SelectField,
  Skeleton,
  Split,
  Stack,
  Stat,
  StatRow,
  Time,
} from "@/ui";
import { AugmentPanel } from "./AugmentPanel";
import { BranchPanel } from "./BranchPanel";
import { CardPanel } from "./CardPanel";
import { ClassChanges } from "./ClassChanges";
import { ExportPanel } from "./ExportPanel";
import { RestorePanel } from "./RestorePanel";
import { SplitBar } from "./SplitBar";
import { classesText, unseenIn } from "./unseen";
import { strategyText } from "./VersionsPage";
import styles from "./versions.module.css";

const BalancePanel = lazy(() =>
  import("./BalancePanel").then((module) => ({ default: module.BalancePanel })),
);
const Diff = lazy(() => import("./Diff").then((module) => ({ default: module.Diff })));
const TableDiff = lazy(() => import("./TableDiff").then((module) => ({ default: module.TableDiff })));

/** What the samples of a version are; pictures until it is known. */
function useDataset(id: string | undefined): Dataset | undefined {
  return useQuery({ ...datasetQuery(id ?? ""), enabled: id !== undefined }).data;
}

function useModality(dataset: string | undefined): string {
  return useDataset(dataset)?.modality ?? "image";
}

export function VersionPage() {
  const project = useProjectId();
  const { version: id } = useParams({ from: "/app/p/$project/versions/$version" });
  const query = useQuery(versionQuery(id));
  const t = useWords("versions", useModality(query.data?.dataset));
  const mayTrain = useMay("train_project");
  const dataset = useDataset(query.data?.dataset);
  const isTrainable = useIsTrainable(dataset?.task);
  const above = ({ id: of, name }: Dataset) => (
    <Link to="/p/$project/versions" params={{ project }} search={{ dataset: of }}>
      {name}
    </Link>
  );
  return (
    <QueryState query={query}>
      {(version) => (
        <Page>
          <PageHeader
            breadcrumb={dataset ? <Breadcrumb parts={[{ key: "dataset", node: above(dataset) }]} /> : null}
            title={`${version.number} · ${version.name}`}
            actions={
              mayTrain && isTrainable ? (
                <LinkButton
                  to="/p/$project/train/new"
                  params={{ project }}
                  search={{ version: version.id }}
                  variant="primary"
                >
                  {t("trainDo")}
                </LinkButton>
              ) : null
            }
          />
          <StatRow>
            <Stat label={t("samples")} value={formatCount(version.counts.samples)} />
            <PartStat version={version} part="train" />
            <PartStat version={version} part="val" />
            <PartStat version={version} part="test" />
            {version.counts.objects ? (
              <Stat label={t("objects")} value={formatCount(version.counts.objects)} />
            ) : null}
          </StatRow>
          <Split side={<Side version={version} />}>
            <Balance version={version} />
            <Compare version={version} />
            <CardPanel version={version.id} />
          </Split>
        </Page>
      )}
    </QueryState>
  );
}

function PartStat({ version, part }: { version: DatasetVersion; part: "train" | "val" | "test" }) {
  const t = useT("versions");
  const count = version.counts[part] ?? 0;
  const share = version.counts.samples > 0 ? count / version.counts.samples : 0;
  return <Stat label={t(part)} value={formatCount(count)} hint={formatPercent(share, 0)} />;
}

function totalOf({ train = 0, val = 0, test = 0 }: DatasetVersion["classes"][number]): number {
  return train + val + test;
}

function Balance({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const most = Math.max(1, ...version.classes.map(totalOf));
  return (
    <Panel title={t("balance")}>
      <table className={styles.balance}>
        <thead>
          <tr>
            <th scope="col">{t("classes")}</th>
            <th scope="col" className={styles.wide}>
              <span className="visually-hidden">{t("balance")}</span>
            </th>
            <th scope="col">{t("train")}</th>
            <th scope="col">{t("val")}</th>
            <th scope="col">{t("test")}</th>
          </tr>
        </thead>
        <tbody>
          {version.classes.map((one) => (
            <tr key={one.id}>
              <th scope="row">{classText(one)}</th>
              <td>
                <SplitBar
                  parts={{ train: one.train ?? 0, val: one.val ?? 0, test: one.test ?? 0 }}
                  scale={totalOf(one) / most}
                />
              </td>
              <td>{formatCount(one.train ?? 0)}</td>
              <td>{formatCount(one.val ?? 0)}</td>
              <td>{formatCount(one.test ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Side({ version }: { version: DatasetVersion }) {
  const modality = useModality(version.dataset);
  const t = useWords("versions", modality);
  const which = version.filter.state;
  const taken =
    which === "reviewed" ? t("which_reviewed") : which === "all" ? t("which_all") : t("which_labeled");
  const rows = [
    { key: "created", label: t("created"), value: <Time iso={version.created_at} /> },
    ...(version.created_by ? [{ key: "by", label: t("by"), value: version.created_by }] : []),
    { key: "split", label: t("split"), value: strategyText(version) },
    { key: "seed", label: t("seed"), value: String(version.seed) },
    { key: "filter", label: t("filterLabel"), value: taken },
    ...augmentationRows(version, t),
    {
      key: "hash",
      label: t("hash"),
      value: <code className={styles.hash}>{version.content_hash.slice(0, 24)}…</code>,
    },
  ];
  return (
    <>
      <Panel title={t("overview")}>
        <Facts rows={rows} />
      </Panel>
      <Warnings version={version} modality={modality} />
      <ExportPanel version={version} />
      {AUGMENTABLE.includes(modality) ? <AugmentPanel version={version} modality={modality} /> : null}
      <Suspense fallback={null}>
        {modality === "tabular" ? <BalancePanel version={version} /> : null}
      </Suspense>
      <RestorePanel version={version} modality={modality} />
      <BranchPanel version={version} modality={modality} />
    </>
  );
}

function augmentationRows({ augmentation }: DatasetVersion, t: Words<"versions">) {
  if (!augmentation) return [];
  if ("method" in augmentation) {
    const { method, made, seed } = augmentation;
    const value = t(`evenedBy_${method}`, { made: formatCount(made), seed });
    return [{ key: "augmentation", label: t("even"), value }];
  }
  const { name, copies, seed } = augmentation;
  return [
    {
      key: "augmentation",
      label: t("augmentRecipe"),
      value: t("augmentedBy", { name, count: copies, seed }),
    },
  ];
}

function Warnings({ version, modality }: { version: DatasetVersion; modality: string }) {
  const t = useT("versions");
  const warnings = version.warnings ?? [];
  const unseen = unseenIn(version);
  if (warnings.length === 0 && unseen.length === 0) return null;
  return (
    <Panel tone="warn">
      <Stack gap={4}>
        {unseen.length > 0 ? <span>{t("cardNotInTraining", { classes: classesText(unseen) })}</span> : null}
        {warnings.map(({ code, count }) => (
          <span key={code}>
            {findingText(modality, code)}
            {count === undefined ? null : ` (${formatCount(count)})`}
          </span>
        ))}
      </Stack>
    </Panel>
  );
}

function Changes({ version, against }: { version: DatasetVersion; against: string }) {
  const dataset = useQuery(datasetQuery(version.dataset)).data;
  if (!dataset) return null;
  return (
    <Stack gap={24}>
      <Suspense fallback={<Skeleton lines={3} />}>
        {dataset.modality === "tabular" ? (
          <TableDiff version={version} against={against} />
        ) : (
          <Diff version={version} against={against} />
        )}
      </Suspense>
      <ClassChanges version={version} against={against} />
    </Stack>
  );
}

function Compare({ version }: { version: DatasetVersion }) {
  const t = useT("versions");
  const project = useProjectId();
  const navigate = useNavigate();
  const { against } = useSearch({ from: "/app/p/$project/versions/$version" });
  const all = rowsOf(useInfiniteQuery(versionsPages(version.dataset)).data) ?? [];
  const others = all.filter((one) => one.id !== version.id);
  const choose = (id: string | null) =>
    void navigate({
      to: "/p/$project/versions/$version",
      params: { project, version: version.id },
      search: id ? { against: id } : {},
      replace: true,
      resetScroll: false,
    });
  return (
    <Panel title={t("compare")}>
      {others.length === 0 ? (
        <p className="muted">{t("againstNone")}</p>
      ) : (
        <Stack>
          <SelectField
            label={t("against")}
            value={against ?? null}
            clearable
            placeholder="–"
            options={others.map((one) => ({ value: one.id, label: `${one.number} · ${one.name}` }))}
            onChange={choose}
          />
          {against ? <Changes version={version} against={against} /> : null}
        </Stack>
      )}
    </Panel>
  );
}
