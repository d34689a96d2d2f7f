import { useState } from "react";
import { useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import {
  Avatar,
  Bars,
  CodeBlock,
  ConfusionMatrix,
  DataTable,
  Facts,
  Histogram,
  Panel,
  Progress,
  Row,
  Stack,
  Stat,
  StatRow,
  Swatch,
  Time,
} from "@/ui";
import { Chart } from "@/ui/Chart";
import { CLASS_COLORS } from "@/ui/classColors";
import styles from "../dev.module.css";

const ROWS = [
  { id: "1", name: "Balanced", score: 0.874, count: 12_345 },
  { id: "2", name: "Fast", score: 0.791, count: 930 },
];
const LABELS = ["cat", "dog", "bird"];
const MATRIX = [
  [41, 3, 0],
  [5, 36, 2],
  [0, 1, 28],
];
const CURVES = [
  {
    key: "train",
    label: "train",
    color: CLASS_COLORS[0],
    points: Array.from({ length: 60 }, (_, step) => [step, 2.2 * Math.exp(-step / 18) + 0.08] as const),
  },
  {
    key: "val",
    label: "val",
    color: CLASS_COLORS[1],
    dashed: true,
    points: Array.from({ length: 60 }, (_, step) => [step, 2.3 * Math.exp(-step / 20) + 0.2] as const),
  },
];
const MOMENT = "2026-11-23T16:05:00Z";

/** Tables, figures, charts, code. */
export function DataSection() {
  const t = useT("app");
  const [cell, setCell] = useState<readonly [number, number] | null>([0, 1]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(["1"]));
  const [ordering, setOrdering] = useState("-score");
  return (
    <Panel title="DataTable · Stat · Facts · Progress · Bars · Histogram · ConfusionMatrix · Chart · CodeBlock · Avatar · Time">
      <Stack>
        <StatRow>
          <Stat label={t("data")} value={formatCount(12_345)} hint={t("demo")} />
          <Stat label={t("models")} value={formatPercent(0.874)} tone="ok" />
          <Stat label={t("jobs")} value={3} tone="bad" />
        </StatRow>
        <DataTable
          label={t("train")}
          rows={ROWS}
          rowKey={(row) => row.id}
          rowName={(row) => row.name}
          ordering={ordering}
          onOrdering={setOrdering}
          selected={selected}
          onSelected={setSelected}
          columns={[
            { key: "name", header: t("models"), cell: (row) => row.name, grow: true },
            {
              key: "score",
              header: "F1",
              sort: "score",
              align: "right",
              cell: (row) => formatPercent(row.score),
            },
            { key: "count", header: t("data"), align: "right", cell: (row) => formatCount(row.count) },
          ]}
        />
        <div className={styles.grid}>
          <Stack gap={12}>
            <Row>
              <Progress value={0.46} label={t("jobs")} />
              <Progress value={null} label={t("jobs")} />
              <Progress value={1} label={t("jobs")} tone="ok" />
            </Row>
            <Row>
              <Avatar name="Lin" />
              <Avatar name="王芳" />
              <Swatch color={CLASS_COLORS[2]} />
              <Time iso={MOMENT} />
            </Row>
            <Facts
              rows={[
                { key: "a", label: t("models"), value: "EfficientNet-Lite0" },
                { key: "b", label: t("versions"), value: "3" },
              ]}
            />
            <Bars
              label={t("labels")}
              bars={LABELS.map((label, at) => ({
                key: label,
                label,
                value: 40 - at * 12,
                color: CLASS_COLORS[at] ?? CLASS_COLORS[0],
              }))}
            />
            <Histogram label={t("data")} bins={[2, 6, 12, 20, 16, 9, 4, 1]} from="32 px" to="4,096 px" />
          </Stack>
          <Stack>
            <ConfusionMatrix
              caption={t("models")}
              labels={LABELS}
              matrix={MATRIX}
              selected={cell}
              onSelect={(truth, predicted) => setCell([truth, predicted])}
            />
            <CodeBlock
              label="curl"
              code={
                'curl -H "Authorization: Bearer sk_…" \\\n  -F file=@cat.jpg http://127.0.0.1:8001/predict/cats'
              }
            />
          </Stack>
        </div>
        <Chart label="loss" series={CURVES} xLabel="step" heightPx={180} />
      </Stack>
    </Panel>
  );
}
