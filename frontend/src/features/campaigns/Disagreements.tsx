import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { type AgreementCell, type Answer, type Consensus, differingPages } from "@/api/consensus";
import { rowsOf } from "@/api/query";
import { hasPlaces } from "@/api/tasks";
import type { Campaign, LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { personColor } from "@/app/personColors";
import { QueryState } from "@/app/QueryState";
import { ShapeMarks } from "@/app/ShapeMarks";
import { Stage } from "@/app/Stage";
import { useLanguage, useT } from "@/i18n";
import { Badge, Button, IconButton, LinkButton, Panel, Stack, Swatch, type Tone } from "@/ui";
import styles from "./agreement.module.css";
import { answersShown } from "./figures";

interface DisagreementsProps {
  campaign: Campaign;
  cell: AgreementCell;
  onClose: () => void;
}

/** The samples behind one cell, the answers side by side. */
export function Disagreements({ campaign, cell, onClose }: DisagreementsProps) {
  const t = useT("agreement");
  const ui = useT("ui");
  useLanguage();
  const query = useInfiniteQuery(differingPages(campaign.id, cell));
  const classes = new Map((campaign.label_schema?.classes ?? []).map((one) => [one.id, one]));
  const title = useTitle(cell, classes);
  const top = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another cell is opened
  useEffect(() => {
    top.current?.scrollIntoView({ block: "nearest" });
  }, [cell.a, cell.b, cell.label]);
  return (
    <div ref={top}>
      <Panel
        title={title}
        actions={
          <IconButton size="sm" label={ui("close")} onClick={onClose}>
            <IconX size={16} />
          </IconButton>
        }
      >
        <QueryState query={{ ...query, data: rowsOf(query.data) }} compact>
          {(rows) =>
            rows.length === 0 ? (
              <p className="muted">{t("cellEmpty")}</p>
            ) : (
              <Stack gap={12}>
                <ul className={styles.cases}>
                  {rows.map((row) => (
                    <Case key={row.id} row={row} campaign={campaign} cell={cell} classes={classes} />
                  ))}
                </ul>
                {query.hasNextPage ? (
                  <Button
                    size="sm"
                    loading={query.isFetchingNextPage}
                    onClick={() => void query.fetchNextPage()}
                  >
                    {ui("loadMore")}
                  </Button>
                ) : null}
              </Stack>
            )
          }
        </QueryState>
      </Panel>
    </div>
  );
}

type Classes = ReadonlyMap<string, LabelClass>;

function useTitle({ a, b, label }: AgreementCell, classes: Classes): string {
  const t = useT("agreement");
  const known = label ? classes.get(label) : undefined;
  const name = known ? classText(known) : t("goneClass");
  if (a && b) return t("cellPair", { a, b });
  if (a) return label ? t("cellPerson", { person: a, label: name }) : t("cellOne", { person: a });
  return t("cellClass", { label: name });
}

interface CaseProps {
  row: Consensus;
  campaign: Campaign;
  cell: AgreementCell;
  classes: Classes;
}

const TONES: Readonly<Record<Consensus["state"], Tone>> = {
  due: "neutral",
  agreed: "ok",
  review: "info",
  conflict: "warn",
  resolved: "accent",
};

function Case({ row, campaign, cell, classes }: CaseProps) {
  const t = useT("agreement");
  const answers = answersShown(row, cell);
  return (
    <li className={styles.case}>
      <div className={styles.head}>
        <span className="ellipsis" title={row.sample.name}>
          {row.sample.name}
        </span>
        <Badge tone={TONES[row.state]}>{t(`state_${row.state}`)}</Badge>
        <LinkButton
          to="/p/$project/conflicts/$campaign"
          params={{ project: campaign.project, campaign: campaign.id }}
          search={{ row: row.id }}
          size="sm"
          aria-label={t("openCase", { name: row.sample.name })}
        >
          {t("open")}
        </LinkButton>
      </div>
      {hasPlaces(campaign.task) ? (
        <div className={styles.pictures}>
          {answers.map((answer) => (
            <Drawn key={answer.id} row={row} answer={answer} classes={classes} />
          ))}
        </div>
      ) : (
        <div className={styles.classes}>
          <Shown row={row} />
          <ul className={styles.answers}>
            {answers.map((answer) => (
              <li key={answer.id} className={styles.answer}>
                <Swatch color={personColor(answer.at)} />
                <span className="ellipsis">{answer.author}:</span>
                <Said answer={answer} classes={classes} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </li>
  );
}

/** The sample beside the classes it was given: its picture, a recording's spectrogram, or how a text begins. */
function Shown({ row }: { row: Consensus }) {
  const { payload, media_type: type } = row.sample;
  if (type.startsWith("text/")) return <p className={styles.excerpt}>{payload.excerpt}</p>;
  return (
    <Stage>
      <Picture row={row} />
    </Stage>
  );
}

function Picture({ row: { sample } }: { row: Consensus }) {
  return <img src={sample.thumb_url ?? sample.media_url} alt={sample.name} loading="lazy" />;
}

interface DrawnProps {
  row: Consensus;
  answer: Answer & { at: number };
  classes: Classes;
}

function Drawn({ row, answer, classes }: DrawnProps) {
  const { width, height } = row.sample.payload;
  return (
    <figure>
      <Stage>
        <Picture row={row} />
        <ShapeMarks
          shapes={answer.shapes}
          width={width}
          height={height}
          colorOf={() => personColor(answer.at)}
          linesOf={(label) => classes.get(label)?.skeleton?.lines ?? []}
        />
      </Stage>
      <figcaption className={styles.answer}>
        <Swatch color={personColor(answer.at)} />
        <span className="ellipsis">{answer.author}:</span>
        <Said answer={answer} classes={classes} />
      </figcaption>
    </figure>
  );
}

/** The classes of an answer with how often each is there. */
function Said({ answer, classes }: { answer: Answer; classes: Classes }) {
  const t = useT("agreement");
  const counts = new Map<string, number>();
  for (const { label } of answer.shapes) counts.set(label, (counts.get(label) ?? 0) + 1);
  const words = [...counts].map(([label, count]) => {
    const known = classes.get(label);
    const name = known ? classText(known) : t("goneClass");
    return count > 1 ? `${name} × ${count}` : name;
  });
  return <span className="ellipsis">{words.join(", ") || t("nothing")}</span>;
}
