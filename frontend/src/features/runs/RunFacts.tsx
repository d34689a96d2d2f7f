import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { algorithmsQuery, type Run } from "@/api/training";
import { versionQuery } from "@/api/versions";
import { useProjectId } from "@/app/inProject";
import { lookup, useT } from "@/i18n";
import { Facts, Panel, Time } from "@/ui";
import { settingText } from "./settingText";

/** Where the run came from and how it is set. */
export function RunFacts({ run }: { run: Run }) {
  const t = useT("runs");
  const project = useProjectId();
  const version = useQuery(versionQuery(run.dataset_version)).data;
  const algorithm = useQuery(algorithmsQuery(run.task)).data?.find((one) => one.key === run.algorithm);
  const steps = run.recipe?.steps.map(({ op }) => lookup("augment", `op_${op}`) ?? op).join(", ");
  const rows = [
    {
      key: "data",
      label: t("data"),
      value: (
        <Link to="/p/$project/versions/$version" params={{ project, version: run.dataset_version }}>
          {version ? `${version.number} · ${version.name}` : t("version")}
        </Link>
      ),
    },
    { key: "algorithm", label: t("algorithm"), value: algorithm?.title ?? <code>{run.algorithm}</code> },
    ...(run.recipe ? [{ key: "recipe", label: t("recipe"), value: `${run.recipe.name}: ${steps}` }] : []),
    { key: "seed", label: t("seed"), value: String(run.seed) },
    run.started_at
      ? { key: "started", label: t("started"), value: <Time iso={run.started_at} /> }
      : { key: "asked", label: t("asked"), value: <Time iso={run.created_at} /> },
    ...(run.created_by ? [{ key: "by", label: t("by"), value: run.created_by }] : []),
  ];
  // The recipe takes the place of the preset's own augmentation.
  const used = Object.entries(run.params).filter(([name]) => !run.recipe || name !== "augmentation");
  const params = used.map(([name, value]) => ({
    key: name,
    label: lookup("runs", `param_${name}`) ?? name,
    value: settingText(name, value),
  }));
  return (
    <Panel title={t("config")}>
      <Facts rows={[...rows, ...params]} />
    </Panel>
  );
}
