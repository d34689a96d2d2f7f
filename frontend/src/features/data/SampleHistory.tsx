import { useInfiniteQuery } from "@tanstack/react-query";
import { rowsOf } from "@/api/query";
import { historyPages } from "@/api/samples";
import type { Sample, SampleOrigin, SampleRevision } from "@/api/types";
import { lookup, useT } from "@/i18n";
import { formatMoment } from "@/i18n/format";
import { Badge, Button, Panel, Row, Stack, Time } from "@/ui";
import styles from "./history.module.css";
import { STATE_TONE } from "./states";

/** Everything that was said of a sample, the newest first; nothing where nobody said anything. */
export function SampleHistory({ sample }: { sample: Sample }) {
  const t = useT("data");
  const query = useInfiniteQuery(historyPages(sample));
  const rows = rowsOf(query.data) ?? [];
  if (rows.length === 0) return null;
  return (
    <Panel title={t("history")}>
      <Stack gap={12}>
        <ol className={styles.history}>
          {rows.map((row) => (
            <Revision key={row.revision} row={row} />
          ))}
        </ol>
        {query.hasNextPage ? (
          <Button size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t("historyMore")}
          </Button>
        ) : null}
      </Stack>
    </Panel>
  );
}

function Revision({ row }: { row: SampleRevision }) {
  const t = useT("data");
  const who = row.actor ?? t("historyNobody");
  return (
    <li>
      <Row justify="between" wrap>
        <span>
          {row.source === "import"
            ? t("historyImported", { who })
            : row.source === "model"
              ? t("historyModel", { who })
              : t("historySaved", { who })}
          {row.objects > 0 ? (
            <span className="muted"> · {t("historyObjects", { count: row.objects })}</span>
          ) : null}
        </span>
        <Row gap={8}>
          <span className="muted small">
            <Time iso={row.at} />
          </span>
          <Badge tone={STATE_TONE[row.state]}>{t(`state_${row.state}`)}</Badge>
        </Row>
      </Row>
      {row.origin ? <Origin origin={row.origin} /> : null}
    </li>
  );
}

/** In the words of the imported file, and told as such. */
function Origin({ origin }: { origin: SampleOrigin }) {
  const t = useT("data");
  const named = (name: string, member: string | null) =>
    member && member !== name ? t("originMember", { name, member }) : name;
  const parts = [
    origin.tool ? (lookup("data", `tool_${origin.tool}`) ?? origin.tool) : "",
    origin.annotator
      ? t(origin.state === "skipped" ? "originSkippedBy" : "originLabeledBy", {
          who: named(origin.annotator, origin.annotator_member),
        })
      : origin.state === "skipped"
        ? t("originSkipped")
        : "",
    origin.reviewer
      ? t("originReviewedBy", { who: named(origin.reviewer, origin.reviewer_member) })
      : origin.state === "reviewed"
        ? t("originReviewed")
        : "",
    origin.at ? formatMoment(origin.at) : "",
  ];
  return <p className={styles.origin}>{t("originFile", { said: parts.filter(Boolean).join(" · ") })}</p>;
}
