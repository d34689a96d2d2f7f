import { Link } from "@tanstack/react-router";
import type { ChosenCount, ChosenExample, PlainStep } from "@/api/cleanings";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { chosenText, isBehind } from "./chosen";
import styles from "./clean.module.css";

interface ChosenCountsProps {
  dataset: Dataset;
  chosen: readonly ChosenCount[];
  steps: readonly PlainStep[];
  filter: string;
}

/** How many samples each step that chooses would take out, and the first of them, before anything is applied. */
export function ChosenCounts({ dataset, chosen, steps, filter }: ChosenCountsProps) {
  const t = useT("clean");
  const project = useProjectId();
  if (chosen.length === 0) return null;
  return (
    <ul className={styles.chosen}>
      {chosen.map((one) => (
        <li key={one.step}>
          {chosen.length > 1 ? <span className="muted">{opText(steps[one.step])}</span> : null}
          <strong>{chosenText(one, chosen)}</strong>
          {one.count === null && !isBehind(one, chosen) ? (
            <Link to="/p/$project/data/checks" params={{ project }} search={{ dataset: dataset.id }}>
              {t("toChecks")}
            </Link>
          ) : null}
          {one.examples.length > 0 ? (
            <Link
              to="/p/$project/data"
              params={{ project }}
              search={{ dataset: dataset.id, q: named(steps[one.step], filter) }}
            >
              {t("chosenAll")}
            </Link>
          ) : null}
          <Examples examples={one.examples} />
        </li>
      ))}
    </ul>
  );
}

/** The first that go, by their likeness; texts by their name. */
function Examples({ examples }: { examples: readonly ChosenExample[] }) {
  const t = useT("clean");
  if (examples.length === 0) return null;
  return (
    <ul className={styles.examples} aria-label={t("chosenFirst")}>
      {examples.map(({ id, name, thumb_url }) => (
        <li key={id} title={name}>
          {thumb_url ? (
            <img src={thumb_url} alt={name} loading="lazy" />
          ) : (
            <span className="small ellipsis">{name}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

const opText = (step: PlainStep | undefined) => (step ? (lookup("clean", `op_${step.op}`) ?? step.op) : "");

/** The filter of the samples that a step takes out because of a finding. */
function named(step: PlainStep | undefined, filter: string): string {
  const finding = `finding:${String(step?.params.finding ?? "")}`;
  return filter && filter !== finding ? `(${filter}) ${finding}` : finding;
}
