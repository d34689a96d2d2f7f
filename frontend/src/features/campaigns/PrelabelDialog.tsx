import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { campaignQuery } from "@/api/campaigns";
import {
  LANGUAGE_MODEL,
  NEIGHBORS,
  type PrelabelModel,
  type Prelabels,
  prelabelsQuery,
  startPrelabels,
} from "@/api/prelabels";
import type { Campaign, LabelClass } from "@/api/types";
import { classText } from "@/app/classWords";
import { errorText } from "@/app/errorText";
import { QueryState } from "@/app/QueryState";
import { useLanguage, useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import { Button, Dialog, EmptyState, IconButton, Row, SelectField, SliderField, Stack, toast } from "@/ui";
import { ControlField } from "./ControlField";
import styles from "./campaigns.module.css";
import { PrelabelRuns } from "./PrelabelRuns";

/** A model, or similar samples, answer first what nobody has; what people made of it stands below. */
export function PrelabelDialog({ campaign, onClose }: { campaign: Campaign; onClose: () => void }) {
  const t = useT("campaigns");
  const classes = useQuery(campaignQuery(campaign.id)).data?.label_schema?.classes;
  return (
    <Dialog open onClose={onClose} title={t("prelabels")} size="lg">
      <QueryState query={useQuery(prelabelsQuery(campaign.id))} compact>
        {(said) => (
          <Stack>
            <p className="muted">{t("prelabelsLead")}</p>
            {said.models.length === 0 ? (
              <EmptyState title={t("prelabelNoModel")}>{t("prelabelNoModelHint")}</EmptyState>
            ) : classes ? (
              <Ask campaign={campaign} said={said} classes={classes} />
            ) : null}
            {said.runs.length > 0 ? <PrelabelRuns runs={said.runs} /> : null}
          </Stack>
        )}
      </QueryState>
    </Dialog>
  );
}

interface AskProps {
  campaign: Campaign;
  said: Prelabels;
  classes: readonly LabelClass[];
}

/** What speaks of the classes here, so that there is nothing to map, and says so of itself. */
const HINTS: Readonly<Record<string, "prelabelNeighborsHint" | "prelabelLanguageHint">> = {
  [NEIGHBORS]: "prelabelNeighborsHint",
  [LANGUAGE_MODEL]: "prelabelLanguageHint",
};

type Pair = readonly [from: string, to: string];

function Ask({ campaign, said, classes }: AskProps) {
  const t = useT("campaigns");
  const [chosen, setChosen] = useState(
    (said.models.find(({ ready }) => ready) ?? said.models[0])?.model ?? "",
  );
  const [threshold, setThreshold] = useState(0.5);
  const [control, setControl] = useState(0.05);
  const [pairs, setPairs] = useState<readonly Pair[] | null>(null);
  const [isBusy, setBusy] = useState(false);
  const model = said.models.find((each) => each.model === chosen);
  const mapped = pairs ?? Object.entries(model?.suggested ?? {});
  const hint = HINTS[chosen];
  const isUnderWay = said.runs.some(({ job }) => job?.state === "queued" || job?.state === "running");
  const start = () => {
    setBusy(true);
    startPrelabels(campaign.id, { model: chosen, mapping: Object.fromEntries(mapped), threshold, control })
      .catch((error: unknown) => toast(errorText(error), { tone: "bad" }))
      .finally(() => setBusy(false));
  };
  return (
    <Stack>
      <SelectField
        label={t("prelabelModel")}
        value={chosen}
        onChange={(value) => {
          setChosen(value ?? "");
          setPairs(null);
        }}
        options={said.models.map(({ model: value, title }) => ({
          value,
          label: value === NEIGHBORS ? t("prelabelNeighbors") : title,
        }))}
      />
      {hint ? <p className="muted">{t(hint)}</p> : null}
      {model && !model.ready ? (
        <p className="muted">{t(chosen === NEIGHBORS ? "prelabelNoNeighbors" : "prelabelNotReady")}</p>
      ) : null}
      {model && !hint ? <Mapping model={model} classes={classes} pairs={mapped} onChange={setPairs} /> : null}
      {chosen === LANGUAGE_MODEL ? null : (
        <SliderField
          label={t("prelabelThreshold")}
          hint={t("prelabelThresholdHint")}
          value={threshold}
          onChange={setThreshold}
          min={0.05}
          max={0.95}
          step={0.05}
          format={formatPercent}
        />
      )}
      <ControlField value={control} onChange={setControl} />
      <Row>
        <Button
          variant="primary"
          disabled={isBusy || isUnderWay || !model?.ready || (mapped.length === 0 && !hint)}
          onClick={start}
        >
          {t("prelabelStart")}
        </Button>
      </Row>
    </Stack>
  );
}

interface MappingProps {
  model: PrelabelModel;
  classes: readonly LabelClass[];
  pairs: readonly Pair[];
  onChange: (pairs: readonly Pair[]) => void;
}

/** Which class of the model becomes which class here; what is not named is dropped. */
function Mapping({ model, classes, pairs, onChange }: MappingProps) {
  const t = useT("campaigns");
  useLanguage();
  const taken = new Set(pairs.map(([from]) => from));
  const free = model.classes.filter((name) => !taken.has(name));
  const first = classes[0]?.id;
  const set = (at: number, pair: Pair) => onChange(pairs.map((each, n) => (n === at ? pair : each)));
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t("prelabelMapping")}</legend>
      <Stack gap={8}>
        {pairs.length === 0 ? <p className="muted small">{t("prelabelMappingEmpty")}</p> : null}
        {pairs.map(([from, to], at) => (
          <div key={from} className={styles.mapping}>
            <SelectField
              label={t("prelabelFrom")}
              hideLabel
              value={from}
              onChange={(value) => value && set(at, [value, to])}
              options={model.classes
                .filter((name) => name === from || !taken.has(name))
                .map((value) => ({ value, label: value }))}
            />
            <span aria-hidden>→</span>
            <SelectField
              label={t("prelabelTo")}
              hideLabel
              value={to}
              onChange={(value) => value && set(at, [from, value])}
              options={classes.map((each) => ({ value: each.id, label: classText(each) }))}
            />
            <IconButton
              label={t("prelabelDrop", { name: from })}
              onClick={() => onChange(pairs.filter((_, n) => n !== at))}
            >
              <IconX size={16} />
            </IconButton>
          </div>
        ))}
        {free[0] && first ? (
          <Button
            variant="quiet"
            icon={<IconPlus size={16} />}
            onClick={() => free[0] && onChange([...pairs, [free[0], first]])}
          >
            {t("prelabelAdd")}
          </Button>
        ) : null}
      </Stack>
    </fieldset>
  );
}
