import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cellPages, type Evaluation } from "@/api/models";
import { rowsOf } from "@/api/query";
import { useProjectId } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { Button, IconButton, Row } from "@/ui";
import { type Cell, cellText } from "./figures";
import styles from "./reports.module.css";

interface CellPicturesProps {
  evaluation: Pick<Evaluation, "id"> & { confusion: { labels: string[] } };
  cell: Cell | null;
  onClose: () => void;
}

/** The pictures behind one figure of the matrix. */
export function CellPictures({ evaluation, cell, onClose }: CellPicturesProps) {
  const t = useT("reports");
  if (!cell) return <p className={styles.none}>{t("cellNone")}</p>;
  const [truth, predicted] = cell.map((index) => evaluation.confusion.labels[index] ?? String(index));
  const title =
    cell[0] === cell[1]
      ? t("cellRight", { truth: truth ?? "" })
      : t("cellTitle", { truth: truth ?? "", predicted: predicted ?? "" });
  return (
    <section className={styles.pictures} aria-label={title}>
      <Row justify="between">
        <h3 className={styles.heading}>{title}</h3>
        <IconButton size="sm" label={t("close")} onClick={onClose}>
          <IconX size={14} />
        </IconButton>
      </Row>
      <Pictures evaluation={evaluation.id} cell={cellText(...cell)} />
    </section>
  );
}

function Pictures({ evaluation, cell }: { evaluation: string; cell: string }) {
  const t = useT("reports");
  const ui = useT("ui");
  const project = useProjectId();
  const query = useInfiniteQuery(cellPages(evaluation, cell));
  return (
    <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
      {(rows) =>
        rows.length === 0 ? (
          <p className="muted">{t("cellEmpty")}</p>
        ) : (
          <>
            <ul className={styles.grid}>
              {rows.flatMap(({ id, sample, thumb_url: thumb, score }) =>
                sample ? (
                  <li key={id}>
                    <Link
                      to="/p/$project/data"
                      params={{ project }}
                      search={{ dataset: sample.dataset, sample: sample.id }}
                      title={sample.name}
                    >
                      {thumb ? <img src={thumb} alt={sample.name} loading="lazy" /> : sample.name}
                      <span>{formatPercent(score, 0)}</span>
                    </Link>
                  </li>
                ) : (
                  []
                ),
              )}
            </ul>
            {query.hasNextPage ? (
              <Button size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {ui("loadMore")}
              </Button>
            ) : null}
          </>
        )
      }
    </QueryState>
  );
}
