import { Link } from "@tanstack/react-router";
import type { ChosenCount } from "@/api/cleanings";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { chosenText, isBehind } from "./chosen";
import styles from "./clean.module.css";

interface ChosenCountsProps {
  dataset: Dataset;
  chosen: readonly ChosenCount[];
  /** The keys of the steps, in their order. */
  ops: readonly string[];
}

/** How many samples each step that chooses would take out, before anything is applied. */
export function ChosenCounts({ dataset, chosen, ops }: ChosenCountsProps) {
  const t = useT("clean");
  const project = useProjectId();
  if (chosen.length === 0) return null;
  return (
    <ul className={styles.chosen}>
      {chosen.map((one) => (
        <li key={one.step}>
          {chosen.length > 1 ? (
            <span className="muted">{lookup("clean", `op_${ops[one.step]}`) ?? ops[one.step]}</span>
          ) : null}
          <strong>{chosenText(one, chosen)}</strong>
          {one.count === null && !isBehind(one, chosen) ? (
            <Link to="/p/$project/data/checks" params={{ project }} search={{ dataset: dataset.id }}>
              {t("toChecks")}
            </Link>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
