import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { suspicionsPages } from "@/api/embeddings";
import { rowsOf } from "@/api/query";
import { hasClassSet, hasOneClass } from "@/api/tasks";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { Failure } from "@/app/QueryState";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, EmptyState, LinkButton, Page, PageHeader, Skeleton } from "@/ui";
import styles from "./explore.module.css";
import { SuspicionCard } from "./SuspicionCard";
import { useSettling } from "./useSettling";

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
  const { title, text } = useHeading(dataset);
  return (
    <Page wide>
      <PageHeader
        title={title}
        description={text}
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
          <SuspicionCard
            key={row.id}
            row={row}
            classes={classes}
            isWaiting={waiting.has(row.sample.id)}
            onSettle={(decision) => settle(row, decision, classes)}
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

function useHeading({ task, modality }: Dataset): { title: string; text: string } {
  const [t, own] = [useWords("explore", modality), useT("checks")];
  if (hasOneClass(task)) return { title: t("labelsTitle"), text: t("labelsText") };
  if (hasClassSet(task)) return { title: own("severalTitle"), text: own("severalText") };
  return { title: own("marksTitle"), text: own("marksText") };
}
