import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { figureOf } from "@/api/metrics";
import { type Model, type ModelVersion, modelQuery, modelVersionQuery } from "@/api/models";
import { runQuery } from "@/api/training";
import { versionQuery } from "@/api/versions";
import { useMay, useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useClassTexts } from "@/app/useClassTexts";
import { lookup, useT } from "@/i18n";
import { formatBytes, formatCount, formatNumber, formatPercent } from "@/i18n/format";
import {
  Badge,
  Breadcrumb,
  Facts,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  Row,
  Split,
  Stack,
  Stat,
  StatRow,
  Time,
} from "@/ui";
import { AliasPanel } from "./AliasPanel";
import { aliasesOf } from "./aliases";
import { ExportPanel } from "./ExportPanel";
import { ParityBadge } from "./ParityBadge";

export function ModelVersionPage() {
  const { version: id } = useParams({ from: "/app/p/$project/models/$model/$version" });
  const query = useQuery(modelVersionQuery(id));
  return <QueryState query={query}>{(version) => <Card version={version} />}</QueryState>;
}

function Card({ version }: { version: ModelVersion }) {
  const t = useT("models");
  const model = useQuery(modelQuery(version.model)).data;
  const classOf = useClassTexts(version.dataset_version);
  return (
    <Page>
      <PageHeader
        breadcrumb={<Where version={version} model={model} />}
        title={`${model?.name ?? ""} ${version.number}`}
        badge={
          <>
            <ParityBadge parity={version.parity} full />
            {aliasesOf(model, version.id).map((alias) => (
              <Badge key={alias} tone="accent">
                {t(alias)}
              </Badge>
            ))}
          </>
        }
        actions={<Actions version={version} />}
      />
      <Gate version={version} />
      <StatRow>
        <Stat label={t("accuracy")} value={percent(figureOf(version.metrics, "accuracy"))} />
        <Stat label={t("f1")} value={percent(figureOf(version.metrics, "macro_f1"))} />
        <Stat label={t("classes")} value={formatCount(version.labels.length)} />
        <Stat label={t("size")} value={formatBytes(version.size_bytes)} />
      </StatRow>
      <Split
        side={
          <>
            {model ? <AliasPanel model={model} version={version} /> : null}
            <ExportPanel version={version} />
          </>
        }
      >
        <Stack>
          <ParityPanel version={version} />
          <Lineage version={version} />
          <Panel title={t("classes")}>
            <Row wrap>
              {version.labels.map((label) => (
                <Badge key={label}>{classOf(label)}</Badge>
              ))}
            </Row>
          </Panel>
        </Stack>
      </Split>
    </Page>
  );
}

function percent(value: number | null | undefined): string {
  return value === undefined || value === null ? "–" : formatPercent(value);
}

function Where({ version, model }: { version: ModelVersion; model: Model | undefined }) {
  const t = useT("models");
  const project = useProjectId();
  return (
    <Breadcrumb
      parts={[
        {
          key: "models",
          node: (
            <Link to="/p/$project/models" params={{ project }}>
              {t("title")}
            </Link>
          ),
        },
        {
          key: "model",
          node: (
            <Link to="/p/$project/models/$model" params={{ project, model: version.model }}>
              {model?.name ?? "…"}
            </Link>
          ),
        },
        { key: "version", node: t("versionN", { number: version.number }) },
      ]}
    />
  );
}

function Actions({ version }: { version: ModelVersion }) {
  const t = useT("models");
  const project = useProjectId();
  const mayDeploy = useMay("deploy_project");
  return (
    <>
      <LinkButton to="/p/$project/reports/$version" params={{ project, version: version.id }}>
        {t("report")}
      </LinkButton>
      {mayDeploy && version.deployable ? (
        <LinkButton to="/endpoints/new" search={{ project, version: version.id }} variant="primary">
          {t("deploy")}
        </LinkButton>
      ) : null}
    </>
  );
}

function Gate({ version: { parity } }: { version: ModelVersion }) {
  const t = useT("models");
  if (!parity || parity.ok) return null;
  return (
    <Panel tone="bad" title={t("gateTitle")}>
      {t("gateText", { share: formatPercent(parity.top1_agreement ?? 0), count: parity.count ?? 0 })}
    </Panel>
  );
}

function ParityPanel({ version: { parity } }: { version: ModelVersion }) {
  const t = useT("models");
  const figures = parity
    ? [
        { key: "agreement", label: t("parityAgreement"), value: percent(parity.top1_agreement) },
        {
          key: "difference",
          label: t("parityDifference"),
          value: parity.max_score_diff === undefined ? "–" : formatNumber(parity.max_score_diff, 7),
        },
        {
          key: "samples",
          label: t("paritySamples"),
          value: parity.count === undefined ? "–" : formatCount(parity.count),
        },
      ]
    : [];
  return (
    <Panel title={t("parity")}>
      <Stack gap={12}>
        <p className="muted small">{t("parityText")}</p>
        {figures.length > 0 ? <Facts rows={figures} /> : null}
      </Stack>
    </Panel>
  );
}

function Lineage({ version }: { version: ModelVersion }) {
  const t = useT("models");
  const project = useProjectId();
  const run = useQuery({ ...runQuery(version.run ?? ""), enabled: version.run !== null }).data;
  const data = useQuery({
    ...versionQuery(version.dataset_version ?? ""),
    enabled: version.dataset_version !== null,
  }).data;
  const dataId = version.dataset_version;
  const rows = [
    ...(run
      ? [
          {
            key: "run",
            label: t("lineageRun"),
            value: (
              <Link to="/p/$project/runs/$run" params={{ project, run: run.id }}>
                {run.name}
              </Link>
            ),
          },
        ]
      : []),
    ...(dataId
      ? [
          {
            key: "data",
            label: t("lineageData"),
            value: (
              <Link to="/p/$project/versions/$version" params={{ project, version: dataId }}>
                {data ? t("lineageVersion", { number: data.number, name: data.name }) : t("version")}
              </Link>
            ),
          },
        ]
      : []),
    { key: "licence", label: t("licence"), value: version.licence || "–" },
    { key: "created", label: t("created"), value: <Time iso={version.created_at} /> },
    { key: "hash", label: t("hash"), value: <code>{version.sha256.slice(0, 24)}…</code> },
  ];
  return (
    <Panel
      title={t("lineage")}
      actions={<span className="muted small">{lookup("models", `task_${version.task}`)}</span>}
    >
      <Facts rows={rows} />
    </Panel>
  );
}
