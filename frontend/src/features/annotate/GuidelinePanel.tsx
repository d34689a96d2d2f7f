import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { guidelineQuery } from "@/api/guidelines";
import type { Campaign } from "@/api/types";
import { Examples } from "@/app/guideline/Examples";
import { Guideline } from "@/app/guideline/Guideline";
import { useT } from "@/i18n";
import { Badge, Button } from "@/ui";
import styles from "./annotate.module.css";

const seenKey = (campaign: string) => `studio.guideline.${campaign}`;

/** Which version somebody read here last; whoever reads their first one has nothing to compare it with. */
function useSeen({ id, guideline_number: newest }: Campaign): { isNew: boolean; read: () => void } {
  const [seen, setSeen] = useState(() => {
    const kept = Number(localStorage.getItem(seenKey(id)));
    if (kept) return kept;
    localStorage.setItem(seenKey(id), String(newest));
    return newest;
  });
  const read = () => {
    localStorage.setItem(seenKey(id), String(newest));
    setSeen(newest);
  };
  return { isNew: newest > seen, read };
}

/** What the people of a campaign shall do, with examples, beside their work; a change is said until it is read. */
export const GuidelinePanel = memo(function GuidelinePanel({ campaign }: { campaign: Campaign }) {
  const t = useT("guidelines");
  const { id, guideline, guideline_number: newest, label_schema: schema } = campaign;
  const { isNew, read } = useSeen(campaign);
  const examples = useQuery({ ...guidelineQuery(id), enabled: newest > 0 }).data?.examples ?? [];
  return (
    <section className={`${styles.section} ${styles.guideline}`}>
      <h2>
        <span>{t("guideline")}</span>
        {newest > 0 ? (
          <a href={`/p/${campaign.project}/guideline/${id}`} target="_blank" rel="noreferrer">
            {t("versionNumber", { number: newest })}
          </a>
        ) : null}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={t("guideline")}>
        {isNew ? (
          <p className={styles.changed} role="status">
            <Badge tone="warn" dot>
              {t("changed")}
            </Badge>
            <Button size="sm" onClick={read}>
              {t("read")}
            </Button>
          </p>
        ) : null}
        {guideline ? <Guideline source={guideline} /> : <p className="muted small">{t("none")}</p>}
        <Examples examples={examples} classes={schema?.classes ?? []} />
      </div>
    </section>
  );
});
