import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import {
  chooseConflicts,
  conflictsPages,
  type Merge,
  type MergeConflict,
  type SaidClass,
  type Side,
} from "@/api/merges";
import { rowsOf } from "@/api/query";
import { act } from "@/app/act";
import { classText } from "@/app/classWords";
import { useMay } from "@/app/inProject";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Badge, Button, EmptyState, Panel, SegmentedField } from "@/ui";
import styles from "./versions.module.css";

/** Every sample of which both sides say something else, with what each says; choose by sample or for all. */
export function MergeConflicts({ merge }: { merge: Merge }) {
  const t = useT("changes");
  const client = useQueryClient();
  const mayChoose = useMay("curate_project") && merge.state === "planned";
  const query = useInfiniteQuery(conflictsPages(merge.id));
  const choose = (choice: Side, conflicts?: readonly number[]) =>
    void act(async () => {
      await chooseConflicts(merge.id, choice, conflicts);
      await client.invalidateQueries({ queryKey: ["merge", merge.id] });
    });
  const count = merge.counts.conflicts ?? 0;
  return (
    <Panel
      title={t("conflicts")}
      actions={
        mayChoose && count > 1 ? (
          <>
            <Button size="sm" onClick={() => choose("ours")}>
              {t("allOurs")}
            </Button>
            <Button size="sm" onClick={() => choose("theirs")}>
              {t("allTheirs")}
            </Button>
          </>
        ) : null
      }
    >
      <QueryState query={query}>
        {(data) => {
          const rows = rowsOf(data) ?? [];
          if (rows.length === 0)
            return <EmptyState title={t("conflictsNone")}>{t("conflictsNoneText")}</EmptyState>;
          return (
            <>
              <ul className={styles.conflicts}>
                {rows.map((row) => (
                  <Conflict
                    key={row.id}
                    row={row}
                    taken={isDone(merge) ? row.choice || merge.policy : null}
                    mayChoose={mayChoose}
                    onChoose={(choice) => choose(choice, [row.id])}
                  />
                ))}
              </ul>
              {query.hasNextPage ? (
                <Button
                  variant="quiet"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t("conflictsMore")}
                </Button>
              ) : null}
            </>
          );
        }}
      </QueryState>
    </Panel>
  );
}

/** Whether the sides that are shown are those of the data set now. */
function isDone({ state }: Merge): boolean {
  return state === "done";
}

interface ConflictProps {
  row: MergeConflict;
  /** The side that was taken, once it was. */
  taken: Side | null;
  mayChoose: boolean;
  onChoose: (choice: Side) => void;
}

function Conflict({ row, taken, mayChoose, onChoose }: ConflictProps) {
  const t = useT("changes");
  const none = t("saidNothing");
  const here = row.kind === "removed_here" ? t("saidRemoved") : said(row.ours, none);
  const there = row.kind === "removed_there" ? t("saidRemoved") : said(row.theirs, none);
  return (
    <li>
      {row.thumb_url ? <img src={row.thumb_url} alt="" loading="lazy" /> : null}
      <div className={styles.conflictText}>
        <strong className="ellipsis" title={row.name}>
          {row.name}
        </strong>
        {row.excerpt ? <span className="muted small ellipsis">{row.excerpt}</span> : null}
        <span className="muted small">
          {row.kind === "both_said" ? t("wasStrange") : t("was", { said: said(row.base, none) })}
        </span>
      </div>
      {mayChoose ? (
        <SegmentedField<Side | "">
          label={t("chooseFor", { name: row.name })}
          value={row.choice}
          options={[
            { value: "ours", label: t("here", { said: here }) },
            { value: "theirs", label: t("there", { said: there }) },
          ]}
          onChange={(choice) => choice && onChoose(choice)}
        />
      ) : (
        <Sides here={here} there={there} taken={taken} />
      )}
    </li>
  );
}

/** What both sides say; the one that was taken stands out, and is named for who cannot see it. */
function Sides({ here, there, taken }: { here: string; there: string; taken: Side | null }) {
  const t = useT("changes");
  const sides = { ours: t("here", { said: here }), theirs: t("there", { said: there }) };
  return (
    <span className={styles.sides}>
      {(["ours", "theirs"] as const).map((side) =>
        side === taken ? (
          <Badge key={side} tone="ok">
            {t("takenSide", { side: sides[side] })}
          </Badge>
        ) : (
          <span key={side} className="muted small">
            {sides[side]}
          </span>
        ),
      )}
    </span>
  );
}

/** The classes a side says, with how often. */
function said(classes: readonly SaidClass[], none: string): string {
  const parts = classes.map((one) => (one.count > 1 ? `${classText(one)} × ${one.count}` : classText(one)));
  return parts.join(", ") || none;
}
