import { useQuery } from "@tanstack/react-query";
import { type ActiveOrder, activeOrderQuery, type HardExample, hardExamplesQuery } from "@/api/activeOrder";
import { campaignQuery } from "@/api/campaigns";
import type { LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { QueryState } from "@/app/QueryState";
import { useLanguage, useT } from "@/i18n";
import { formatCount, formatPercent } from "@/i18n/format";
import { Panel, Stack, Stat, StatRow } from "@/ui";
import styles from "./active.module.css";

/** What the order of a queue rests on, what it is worth, and the samples that are hard. */
export function ActivePanel({ campaign }: { campaign: string }) {
  const t = useT("active");
  return (
    <Panel title={t("title")}>
      <QueryState query={useQuery(activeOrderQuery(campaign))} compact>
        {(order) => <Told order={order} campaign={campaign} />}
      </QueryState>
    </Panel>
  );
}

function Told({ order, campaign }: { order: ActiveOrder; campaign: string }) {
  const t = useT("active");
  const { round, honest } = order;
  if (round === null) return <p className="muted">{t("waiting")}</p>;
  return (
    <Stack gap={12}>
      <p className="muted">
        {t(order.state === "doubt" ? "byDoubt" : "byKind", {
          count: round.labeled,
          asked: formatCount(round.asked),
        })}
      </p>
      <StatRow>
        <Stat
          label={t("honest")}
          value={honest ? formatPercent(honest.share, 0) : "–"}
          hint={
            honest
              ? t("honestHint", {
                  count: honest.answered,
                  low: formatPercent(honest.low, 0),
                  high: formatPercent(honest.high, 0),
                })
              : t("honestNone")
          }
        />
        {round.wrong === null || round.wrong_by_chance === null ? null : (
          <Stat
            label={t("gain")}
            value={formatCount(Math.round(round.wrong * round.asked))}
            hint={t("gainHint", {
              count: round.asked,
              random: formatCount(Math.round(round.wrong_by_chance * round.asked)),
            })}
          />
        )}
      </StatRow>
      {order.state === "doubt" ? <HardExamples campaign={campaign} /> : null}
    </Stack>
  );
}

function HardExamples({ campaign }: { campaign: string }) {
  const t = useT("active");
  const classes = useQuery(campaignQuery(campaign)).data?.label_schema?.classes ?? [];
  const known = new Map(classes.map((one) => [one.id, one]));
  return (
    <QueryState query={useQuery(hardExamplesQuery(campaign))} compact>
      {({ results }) =>
        results.length === 0 ? (
          <p className="muted">{t("noHard")}</p>
        ) : (
          <section>
            <h3 className={styles.heading}>{t("hard")}</h3>
            <ul className={styles.hard}>
              {results.map((row) => (
                <Example key={row.sample.id} row={row} classes={known} />
              ))}
            </ul>
          </section>
        )
      }
    </QueryState>
  );
}

function Example({ row, classes }: { row: HardExample; classes: ReadonlyMap<string, LabelClass> }) {
  const t = useT("active");
  useLanguage();
  const name = (id: string) => {
    const found = classes.get(id);
    return found ? classText(found) : "?";
  };
  return (
    <li>
      {row.sample.thumb_url ? (
        <img src={row.sample.thumb_url} alt={row.sample.name} loading="lazy" />
      ) : (
        <span className={styles.name}>{row.sample.name}</span>
      )}
      <p>
        {row.told.map((one) => (
          <span key={one.label}>
            {name(one.label)} <span className="num muted">{formatPercent(one.share, 0)}</span>
          </span>
        ))}
      </p>
      {row.reasons.map((reason) => (
        <p key={reason} className="muted">
          {t(`reason_${reason}`, { name: name(row.near) })}
        </p>
      ))}
    </li>
  );
}
