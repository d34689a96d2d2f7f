import { useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { recipesPages } from "@/api/augment";
import { rowsOf } from "@/api/query";
import { augmentVersion, type DatasetVersion } from "@/api/versions";
import { act } from "@/app/act";
import { jobErrorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { useWords } from "@/app/words";
import { Button, LinkButton, NumberField, Panel, SelectField, Stack } from "@/ui";
import { useVersionJob } from "./useVersionJob";

const MOST_COPIES = 10;

/** Another version with augmented copies of the training part, by one of the project's recipes. */
export function AugmentPanel({ version, modality }: { version: DatasetVersion; modality: string }) {
  const t = useWords("versions", modality);
  const project = useProjectId();
  const recipes = rowsOf(useInfiniteQuery(recipesPages(project, modality)).data);
  if (!useMay("curate_project") || !recipes) return null;
  return (
    <Panel title={t("augment")}>
      <Stack gap={12}>
        <p className="muted small">{t("augmentText")}</p>
        {recipes.length === 0 ? (
          <LinkButton to="/p/$project/augment" params={{ project }} search={{ dataset: version.dataset }}>
            {t("augmentBuild")}
          </LinkButton>
        ) : (
          <Order version={version} modality={modality} recipes={recipes} />
        )}
      </Stack>
    </Panel>
  );
}

function Order({
  version,
  modality,
  recipes,
}: {
  version: DatasetVersion;
  modality: string;
  recipes: readonly { id: string; name: string }[];
}) {
  const t = useWords("versions", modality);
  const [recipe, setRecipe] = useState(recipes[0]?.id ?? null);
  const [copies, setCopies] = useState(2);
  const [seed, setSeed] = useState(1);
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useVersionJob(jobId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (recipe)
      await act(async () => setJobId((await augmentVersion(version.id, { recipe, copies, seed })).id));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <SelectField
          label={t("augmentRecipe")}
          value={recipe}
          options={recipes.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={setRecipe}
        />
        <NumberField
          label={t("augmentCopies")}
          value={copies}
          min={1}
          max={MOST_COPIES}
          onChange={(value) => setCopies(value ?? 1)}
        />
        <NumberField label={t("seed")} value={seed} min={0} onChange={(value) => setSeed(value ?? 0)} />
        <Button type="submit" loading={isRunning} disabled={!recipe}>
          {t("augmentDo")}
        </Button>
        {job && isRunning ? <JobProgress job={job} /> : null}
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
      </Stack>
    </form>
  );
}
