import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { type Suspicion, saveLabel, suspicionsPages } from "@/api/embeddings";
import { rowsOf } from "@/api/query";
import type { Dataset, LabelClass, Sample, SampleShape, Shape } from "@/api/types";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { useMay, useProjectId } from "@/app/inProject";
import { Failure } from "@/app/QueryState";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Badge, Button, EmptyState, LinkButton, Page, PageHeader, Skeleton, Tag, toast } from "@/ui";
import styles from "./explore.module.css";

export function SuspicionsPage() {
  const { dataset } = useSearch({ from: "/app/p/$project/data/labels" });
  return (
    <WithDataset wanted={dataset}>{(found) => <Suspicions key={found.id} dataset={found} />}</WithDataset>
  );
}

function Suspicions({ dataset }: { dataset: Dataset }) {
  const t = useWords("explore", dataset.modality);
  const project = useProjectId();
  const query = useInfiniteQuery(suspicionsPages(dataset.id));
  const rows = rowsOf(query.data);
  const classes = new Map(dataset.label_schema.classes.map((one) => [one.id, one]));
  const { waiting, settle } = useSettling(dataset.id);
  return (
    <Page wide>
      <PageHeader
        title={t("labelsTitle")}
        description={t("labelsText")}
        actions={
          <LinkButton to="/p/$project/data/checks" params={{ project }} search={{ dataset: dataset.id }}>
            {t("backToChecks")}
          </LinkButton>
        }
      />
      {query.error && !rows ? <Failure error={query.error} onRetry={() => void query.refetch()} /> : null}
      {!rows && !query.error ? <Skeleton lines={3} height={140} /> : null}
      {rows?.length === 0 ? <EmptyState title={t("labelsNone")}>{t("labelsNoneText")}</EmptyState> : null}
      <ul className={styles.cards}>
        {rows?.map((row) => (
          <Card
            key={row.sample.id}
            row={row}
            classes={classes}
            isWaiting={waiting.has(row.sample.id)}
            onSettle={(label) => settle(row, label, classText(classes.get(label) ?? { name: "" }))}
          />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      ) : null}
    </Page>
  );
}

function Card({
  row,
  classes,
  isWaiting,
  onSettle,
}: {
  row: Suspicion;
  classes: ReadonlyMap<string, LabelClass>;
  isWaiting: boolean;
  onSettle: (label: string) => void;
}) {
  const t = useT("explore");
  const mayCurate = useMay("curate_project");
  const { sample } = row;
  const given = classes.get(row.given);
  const suggested = classes.get(row.suggested);
  if (!given || !suggested) return null;
  const [from, to] = [classText(given), classText(suggested)];
  return (
    <li className={styles.card}>
      <Shown sample={sample} />
      <div className={styles.cardBody}>
        <div className={styles.cardLine}>
          <Tag color={given.color} muted>
            {from}
          </Tag>
          <span aria-hidden>→</span>
          <Tag color={suggested.color}>{to}</Tag>
        </div>
        <Doubt margin={row.margin} />
        {mayCurate ? (
          <div className={styles.cardActions}>
            <Button size="sm" variant="primary" disabled={isWaiting} onClick={() => onSettle(row.suggested)}>
              {t("useSuggested", { name: to })}
            </Button>
            <Button size="sm" disabled={isWaiting} onClick={() => onSettle(row.given)}>
              {t("keepGiven", { name: from })}
            </Button>
          </div>
        ) : null}
      </div>
    </li>
  );
}

/** What is to be judged: a picture, the beginning of a text, a recording to be heard. */
function Shown({ sample }: { sample: Sample }) {
  if (sample.modality === "text") {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a long text is scrolled with the keyboard
      <section className={styles.cardText} dir="auto" aria-label={sample.name} tabIndex={0}>
        {sample.payload.excerpt || sample.name}
      </section>
    );
  }
  return (
    <div className={styles.cardPicture}>
      <img src={sample.thumb_url ?? sample.media_url} alt={sample.name} loading="lazy" />
      {sample.modality === "audio" ? (
        // biome-ignore lint/a11y/useMediaCaption: nobody has written down what a recording says
        <audio controls preload="none" src={sample.media_url} aria-label={sample.name} />
      ) : null}
    </div>
  );
}

const CERTAIN = -0.6;
const LIKELY = -0.2;

function Doubt({ margin }: { margin: number }) {
  const t = useT("explore");
  if (margin < CERTAIN) return <Badge tone="bad">{t("doubtCertain")}</Badge>;
  if (margin < LIKELY) return <Badge tone="warn">{t("doubtLikely")}</Badge>;
  return <Badge tone="info">{t("doubtMaybe")}</Badge>;
}

/** Save what a person decided about a label; the message that says so takes it back. */
function useSettling(dataset: string) {
  const t = useT("explore");
  const client = useQueryClient();
  const [waiting, setWaiting] = useState<ReadonlySet<string>>(new Set());
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: ["dataset", dataset] }),
      client.invalidateQueries({ queryKey: ["samples", dataset] }),
    ]);
  const settle = async (row: Suspicion, label: string, name: string) => {
    const { sample } = row;
    setWaiting((old) => new Set(old).add(sample.id));
    await act(async () => {
      const before: readonly SampleShape[] = sample.annotation?.shapes ?? [];
      const shape: Shape = { id: crypto.randomUUID(), kind: "class", label, source: "human" };
      const saved = await saveLabel(sample, sample.annotation?.revision ?? 0, [shape], "reviewed");
      await refresh();
      toast(t("saved", { name }), {
        tone: "ok",
        undo: () =>
          void act(async () => {
            await saveLabel(sample, saved.revision, before, sample.state);
            await refresh();
          }),
      });
    });
    setWaiting((old) => new Set([...old].filter((id) => id !== sample.id)));
  };
  return { waiting, settle };
}
