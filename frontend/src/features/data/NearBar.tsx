import { IconSparkles } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { sampleQuery } from "@/api/samples";
import type { Sample } from "@/api/types";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import styles from "./data.module.css";
import { NO_FILTERS, useDataSearch } from "./search";

/** Says that only the samples near to one, or of a region of the map, are shown; and ends it. */
export function NearBar({ modality }: { modality: string }) {
  const t = useWords("data", modality);
  const [search, change] = useDataSearch();
  const sample = useQuery({ ...sampleQuery(search.similar ?? ""), enabled: Boolean(search.similar) }).data;
  if (!search.similar && !search.region) return null;
  return (
    <div className={styles.near} role="status">
      {sample?.thumb_url ? <img src={sample.thumb_url} alt="" /> : null}
      <strong className="ellipsis">
        {search.similar ? t("nearTitle", { name: sample?.name ?? "…" }) : t("regionTitle")}
      </strong>
      <span className={styles.spacer} />
      <Button size="sm" onClick={() => change({ similar: undefined, region: undefined }, false)}>
        {t("endNear")}
      </Button>
    </div>
  );
}

/** To the samples that are most like this one. */
export function MoreLikeThis({ sample }: { sample: Sample }) {
  const t = useT("data");
  const [, change] = useDataSearch();
  return (
    <Button
      size="sm"
      icon={<IconSparkles size={14} />}
      onClick={() => change({ ...NO_FILTERS, similar: sample.id, sample: undefined }, false)}
    >
      {t("moreLikeThis")}
    </Button>
  );
}
