import { useState } from "react";
import { figureOf } from "@/api/metrics";
import type { ModelVersion } from "@/api/models";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { SelectField, Stack } from "@/ui";
import { useCandidates } from "./versionNames";

interface VersionPickerProps {
  project: string;
  model?: string | undefined;
  value: string | null;
  /** Named in the list as what answers now. */
  live?: string | undefined;
  onChange: (version: ModelVersion | null) => void;
}

/** Choose a model and one of its versions that passed parity. */
export function VersionPicker({ project, model: first, value, live, onChange }: VersionPickerProps) {
  const t = useT("endpoints");
  const [chosen, setChosen] = useState(first);
  const { models, model, versions } = useCandidates(project, chosen ?? first);
  if (versions?.length === 0) return <p className="muted">{t("chooseEmpty")}</p>;
  return (
    <Stack gap={12}>
      {models && models.length > 1 ? (
        <SelectField
          label={t("model")}
          value={model?.id ?? null}
          options={models.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(id) => {
            setChosen(id ?? undefined);
            onChange(null);
          }}
        />
      ) : null}
      <SelectField
        label={t("choose")}
        value={value}
        options={(versions ?? []).map((version) => ({
          value: version.id,
          label: optionText(version, model?.name ?? "", version.id === live, t),
        }))}
        onChange={(id) => onChange(versions?.find((version) => version.id === id) ?? null)}
      />
    </Stack>
  );
}

function optionText(
  version: ModelVersion,
  model: string,
  isLive: boolean,
  t: ReturnType<typeof useT<"endpoints">>,
): string {
  const accuracy = figureOf(version.metrics, "accuracy");
  const name =
    accuracy === null
      ? t("versionN", { model, number: version.number })
      : t("versionOption", { model, number: version.number, accuracy: formatPercent(accuracy) });
  return isLive ? `${name} · ${t("sameVersion")}` : name;
}
