import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { findingsQuery } from "@/api/samples";
import { type Algorithm, algorithmsQuery, type Profile, type RunInput, startRun } from "@/api/training";
import type { Dataset } from "@/api/types";
import type { DatasetVersion } from "@/api/versions";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { formatDuration } from "@/i18n/format";
import {
  Button,
  CheckboxField,
  ChoiceCards,
  CodeBlock,
  LinkButton,
  NumberField,
  Panel,
  Row,
  SelectField,
  Stack,
  TextField,
} from "@/ui";
import { curlOf } from "./curl";
import { PROFILES, presetOf, whyNot } from "./launch";
import { RecipePicker } from "./RecipePicker";
import styles from "./runs.module.css";
import { SettingsForm } from "./SettingsForm";
import { fieldsOf, isValid, type Values } from "./schema";

interface LauncherProps {
  dataset: Dataset;
  versions: readonly DatasetVersion[];
  first: DatasetVersion;
  algorithms: readonly Algorithm[];
}

/** Three presets and a start button; everything else is behind one fold. */
export function Launcher({ dataset, versions, first, algorithms }: LauncherProps) {
  const t = useT("runs");
  const project = useProjectId();
  const [versionId, setVersionId] = useState(first.id);
  const [profile, setProfile] = useState<Profile>("fast");
  const [key, setKey] = useState(algorithms[0]?.key ?? "");
  const [values, setValues] = useState<Values>({});
  const [seed, setSeed] = useState(0);
  const [name, setName] = useState("");
  const [recipe, setRecipe] = useState<string | null>(null);
  const version = versions.find((one) => one.id === versionId) ?? first;
  const algorithm = algorithms.find((one) => one.key === key);
  const estimates = useQuery({
    ...algorithmsQuery(dataset.task, version.id),
    placeholderData: keepPreviousData,
  });
  const minutes = estimates.data?.find((one) => one.key === key)?.minutes;
  const fields = algorithm ? fieldsOf(algorithm.params_schema) : [];
  const usesRecipe = (values.epochs ?? presetOf(algorithm, profile).epochs) !== 0;
  const input: RunInput = {
    project,
    dataset_version: version.id,
    algorithm: key,
    params: { ...values },
    profile,
    seed,
    name: name.trim() || `${t(`preset_${profile}`)} · ${version.name}`,
    ...(recipe && usesRecipe ? { recipe } : {}),
  };
  return (
    <div className={styles.launcher}>
      <Stack>
        <Panel>
          <Stack gap={24}>
            <SelectField
              label={t("datasetVersion")}
              value={version.id}
              options={(versions.length > 0 ? versions : [first]).map((one) => ({
                value: one.id,
                label: versionText(one, t),
              }))}
              onChange={(id) => id && setVersionId(id)}
            />
            <ChoiceCards
              legend={t("preset")}
              name="preset"
              value={profile}
              onChange={setProfile}
              choices={PROFILES.map((value) => ({
                value,
                title: t(`preset_${value}`),
                text: t(`presetText_${value}`),
                note: minutesText(minutes?.[value], t),
              }))}
            />
            <RecipePicker dataset={dataset.id} recipe={recipe} isUsable={usesRecipe} onChange={setRecipe} />
          </Stack>
        </Panel>
        <details className={styles.fold}>
          <summary>
            {t("settings")} <span className="muted small">{t("settingsText")}</span>
          </summary>
          <Stack gap={16}>
            <div className={styles.settings}>
              <SelectField
                label={t("algorithm")}
                value={key}
                options={algorithms.map((one) => ({ value: one.key, label: one.title }))}
                onChange={(next) => next && setKey(next)}
              />
              <TextField label={t("runName")} value={name} onChange={setName} placeholder={input.name} />
              <NumberField label={t("seed")} value={seed} min={0} onChange={(next) => setSeed(next ?? 0)} />
            </div>
            <SettingsForm
              fields={fields}
              values={values}
              preset={presetOf(algorithm, profile)}
              onChange={setValues}
            />
          </Stack>
        </details>
        <details className={styles.fold}>
          <summary>{t("curl")}</summary>
          <CodeBlock label={t("curl")} code={curlOf(location.origin, input)} />
        </details>
      </Stack>
      <Start
        dataset={dataset}
        version={version}
        input={input}
        isFit={fields.every((field) => isValid(field, values[field.name]))}
        hasAlgorithm={algorithm !== undefined}
      />
    </div>
  );
}

type T = ReturnType<typeof useT<"runs">>;

function versionText({ number, name, counts }: DatasetVersion, t: T): string {
  return t("versionOption", { number, name, samples: counts.samples });
}

function minutesText(minutes: number | undefined, t: T): string {
  return minutes === undefined ? t("minutesUnknown") : t("minutes", { time: formatDuration(minutes * 60) });
}

interface StartProps {
  dataset: Dataset;
  version: DatasetVersion;
  input: RunInput;
  isFit: boolean;
  hasAlgorithm: boolean;
}

function Start({ dataset, version, input, isFit, hasAlgorithm }: StartProps) {
  const t = useT("runs");
  const project = useProjectId();
  const navigate = useNavigate();
  const mayTrain = useMay("train_project");
  const [busy, setBusy] = useState(false);
  const [isAccepted, setIsAccepted] = useState(false);
  const findings = useQuery(findingsQuery(dataset.id)).data ?? [];
  const errors = findings.filter((finding) => finding.severity === "error" && finding.count > 0).length;
  const reason = whyNot({ version, mayTrain, isFit, hasAlgorithm });
  const start = async () => {
    setBusy(true);
    const isDone = await act(async () => {
      const run = await startRun(input);
      await navigate({ to: "/p/$project/runs/$run", params: { project, run } });
    });
    if (!isDone) setBusy(false);
  };
  return (
    <div className={styles.start}>
      {errors > 0 ? (
        <Panel tone="warn" title={t("findings", { count: errors })}>
          <Stack gap={12}>
            <p className="small">{t("findingsText")}</p>
            <Row>
              <LinkButton
                size="sm"
                to="/p/$project/data/checks"
                params={{ project }}
                search={{ dataset: dataset.id }}
              >
                {t("findingsOpen")}
              </LinkButton>
            </Row>
            <CheckboxField label={t("findingsAccept")} checked={isAccepted} onChange={setIsAccepted} />
          </Stack>
        </Panel>
      ) : null}
      <Button
        variant="primary"
        size="lg"
        loading={busy}
        disabled={reason !== null || (errors > 0 && !isAccepted)}
        onClick={start}
        aria-describedby="why-not"
      >
        {t("start")}
      </Button>
      <p id="why-not" className={styles.why} aria-live="polite">
        {reason ? t(`whyNot_${reason}`) : null}
      </p>
    </div>
  );
}
