import { useState } from "react";
import type { ImportProblem, ImportResult } from "@/api/imports";
import { useLanguage, useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { Badge, CheckboxField, Row } from "@/ui";
import styles from "./imports.module.css";
import { type ProblemGroup, problemGroups, problemText, remedyText } from "./results";

/** What an import met: of each kind how often, what to do about it, and where. */
export function Problems({ result }: { result: ImportResult }) {
  const t = useT("imports");
  const language = useLanguage();
  // The program's own sentences are English only.
  const [isExact, setIsExact] = useState(language === "en");
  const modality = result.modality ?? "image";
  const groups = problemGroups(result);
  const listed = result.problem_samples.length;
  const listName = t("problemsFirst", { count: listed });
  const hasOwn = groups.some((group) => group.says.size > 0 && remedyText(group.code, modality));
  return (
    <section aria-label={t("problems")}>
      <Row justify="between" wrap>
        <h3 className={styles.heading}>{t("problems")}</h3>
        {hasOwn ? <CheckboxField label={t("exactWords")} checked={isExact} onChange={setIsExact} /> : null}
      </Row>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={styles.problems} tabIndex={0} role="group" aria-label={listName}>
        <ul className={styles.groups}>
          {groups.map((group) => (
            <Group key={group.code} group={group} modality={modality} isExact={isExact} />
          ))}
        </ul>
      </div>
      {listed >= 100 ? <p className="muted small">{t("showingFirst", { count: listed })}</p> : null}
    </section>
  );
}

interface GroupProps {
  group: ProblemGroup;
  modality: string;
  isExact: boolean;
}

function Group({ group, modality, isExact }: GroupProps) {
  const remedy = remedyText(group.code, modality);
  const { code, count } = group;
  const hasDetails = !remedy || (isExact && group.says.size > 0);
  const places = hasDetails
    ? group.places
    : [...new Map(group.places.map((place) => [place.where, place])).values()];
  return (
    <li className={styles.group}>
      <Row wrap gap={8}>
        <Badge tone="warn">
          {problemText({ code, detail: code }, modality)} · {formatCount(count)}
        </Badge>
        <span>{remedy}</span>
      </Row>
      <ul className={styles.places}>
        {places.map((place) => (
          <Place key={`${place.where} ${place.detail}`} place={place} hasDetails={hasDetails} />
        ))}
      </ul>
    </li>
  );
}

function Place({ place, hasDetails }: { place: ImportProblem; hasDetails: boolean }) {
  return (
    <li>
      <code className={styles.where}>{place.where}</code>
      {hasDetails && place.detail ? (
        <span className="muted" lang="en">
          {place.detail}
        </span>
      ) : null}
    </li>
  );
}
