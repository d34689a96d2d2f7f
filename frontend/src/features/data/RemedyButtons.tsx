import type { Finding } from "@/api/samples";
import type { Dataset } from "@/api/types";
import { useMay, useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { LinkButton } from "@/ui";
import { type Remedy, remediesOf } from "./remedies";
import styles from "./remedies.module.css";

/** What can be done about a finding, each a link to the form that does it, filled in. */
export function RemedyButtons({ finding, dataset }: { finding: Finding; dataset: Dataset }) {
  const t = useT("checks");
  const remedies = remediesOf(finding, dataset);
  if (!useMay("curate_project") || remedies.length === 0) return null;
  return (
    <ul className={styles.remedies} aria-label={t("remedies")}>
      {remedies.map((remedy) => (
        <li key={remedy.name}>
          <RemedyLink remedy={remedy} dataset={dataset.id} />
        </li>
      ))}
    </ul>
  );
}

function RemedyLink({ remedy, dataset }: { remedy: Remedy; dataset: string }) {
  const t = useT("checks");
  const common = { params: { project: useProjectId() }, size: "sm" } as const;
  const text = t(`do_${remedy.name}`);
  switch (remedy.to) {
    case "clean": {
      const search = { dataset, q: remedy.q, steps: JSON.stringify(remedy.steps) };
      return (
        <LinkButton {...common} to="/p/$project/data/clean" search={search}>
          {text}
        </LinkButton>
      );
    }
    case "freeze":
      return (
        <LinkButton {...common} to="/p/$project/versions/new" search={{ dataset, split: "group" }}>
          {text}
        </LinkButton>
      );
    case "import":
      return (
        <LinkButton {...common} to="/p/$project/data/import" search={{ dataset }}>
          {text}
        </LinkButton>
      );
    case "classes":
      return (
        <LinkButton {...common} to="/p/$project/labels" search={{ dataset }}>
          {text}
        </LinkButton>
      );
  }
}
