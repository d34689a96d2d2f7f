import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { type CampaignInput, createCampaign } from "@/api/campaigns";
import { datasetsQuery } from "@/api/datasets";
import { asAppError } from "@/api/errors";
import { membersQuery } from "@/api/projects";
import { canBeHandedOut } from "@/api/tasks";
import type { Dataset, Member } from "@/api/types";
import { errorText } from "@/app/errorText";
import { QueryState } from "@/app/QueryState";
import { useT } from "@/i18n";
import { formatPercent } from "@/i18n/format";
import {
  Button,
  CheckboxField,
  EmptyState,
  LinkButton,
  NumberField,
  Page,
  PageHeader,
  Panel,
  Row,
  SegmentedField,
  SelectField,
  SliderField,
  Stack,
  TextareaField,
  TextField,
} from "@/ui";
import styles from "./campaigns.module.css";
import { SettlingField } from "./SettlingField";
import { DEFAULT_SETTLING, settlingFor, togetherOf } from "./settling";

/** A new task: pictures, people, guideline. */
export function CampaignNewPage() {
  const t = useT("campaigns");
  const { project } = useParams({ from: "/app/p/$project/tasks/new" });
  const { dataset } = useSearch({ from: "/app/p/$project/tasks/new" });
  const members = useQuery(membersQuery(project)).data?.results ?? [];
  return (
    <Page>
      <PageHeader title={t("newTitle")} description={t("newLead")} />
      <QueryState query={useQuery(datasetsQuery(project))}>
        {({ results }) => {
          const datasets = results.filter(canBeHandedOut);
          const first = datasets.find((one) => one.id === dataset) ?? datasets[0];
          return first ? (
            <CampaignForm project={project} datasets={datasets} members={members} dataset={first.id} />
          ) : (
            <EmptyState
              title={t(results.length > 0 ? "noPictures" : "noDataset")}
              action={
                results.length > 0 ? null : (
                  <LinkButton
                    to="/p/$project/data/import"
                    params={{ project }}
                    search={{ dataset: undefined }}
                    variant="primary"
                  >
                    {t("toImport")}
                  </LinkButton>
                )
              }
            >
              {t(results.length > 0 ? "picturesOnly" : "noDatasetHint")}
            </EmptyState>
          );
        }}
      </QueryState>
    </Page>
  );
}

interface FormProps {
  project: string;
  datasets: readonly Dataset[];
  members: readonly Member[];
  dataset: string;
}

const OVERLAP_MAX = 5;

function CampaignForm({ project, datasets, members, dataset }: FormProps) {
  const t = useT("campaigns");
  const navigate = useNavigate();
  const [input, setInput] = useState<CampaignInput>({
    dataset,
    name: "",
    selection: { filter: "unlabeled" },
    assignees: [],
    overlap: 1,
    review: { rate: 0.1 },
    order: "given",
    guideline: "",
    due: null,
  });
  const [settling, setSettling] = useState(DEFAULT_SETTLING);
  const [gold, setGold] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set = (changes: Partial<CampaignInput>) => setInput({ ...input, ...changes });
  const task = datasets.find((one) => one.id === input.dataset)?.task ?? "image_classification";
  const fields = error === null ? {} : asAppError(error).fields;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const together = input.overlap > 1 ? togetherOf(settlingFor(task, settling), gold) : {};
      await createCampaign(project, { ...input, ...together, name: input.name.trim() });
      await navigate({ to: "/p/$project/tasks", params: { project } });
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className={styles.form}>
      <Panel>
        <Stack>
          <div className={styles.pair}>
            <TextField
              label={t("name")}
              value={input.name}
              onChange={(name) => set({ name })}
              placeholder={t("namePlaceholder")}
              error={fields.name}
              required
              autoFocus
            />
            <SelectField
              label={t("dataset")}
              value={input.dataset}
              options={datasets.map((one) => ({ value: one.id, label: one.name }))}
              onChange={(id) => id && set({ dataset: id })}
              error={fields.dataset}
            />
          </div>
          <SegmentedField
            label={t("pictures")}
            showLabel
            value={input.selection.filter === "all" ? "all" : "unlabeled"}
            options={[
              { value: "unlabeled", label: t("unlabeled") },
              { value: "all", label: t("all") },
            ]}
            onChange={(filter) => set({ selection: { filter } })}
          />
          <PeopleField
            members={members}
            chosen={input.assignees}
            onChange={(assignees) => set({ assignees })}
          />
          <div className={styles.pair}>
            <SliderField
              label={t("reviewRate")}
              min={0}
              max={1}
              step={0.05}
              value={input.review.rate}
              format={(rate) => formatPercent(rate, 0)}
              onChange={(rate) => set({ review: { rate } })}
            />
            <NumberField
              label={t("overlap")}
              hint={t("overlapHint")}
              min={1}
              max={OVERLAP_MAX}
              value={input.overlap}
              onChange={(overlap) => set({ overlap: overlap ?? 1 })}
              error={fields.overlap}
            />
          </div>
          {input.overlap > 1 ? (
            <SettlingField
              task={task}
              overlap={input.overlap}
              value={settling}
              onChange={setSettling}
              error={fields.consensus}
              gold={gold}
              onGold={setGold}
            />
          ) : null}
          <SegmentedField
            label={t("order")}
            showLabel
            value={input.order}
            options={[
              { value: "given", label: t("orderGiven") },
              { value: "random", label: t("orderRandom") },
              { value: "active", label: t("orderActive") },
            ]}
            onChange={(order) => set({ order })}
          />
          {input.order === "active" ? <p className="muted">{t("orderActiveHint")}</p> : null}
          <TextareaField
            label={t("guideline")}
            hint={t("guidelineHint")}
            rows={6}
            value={input.guideline}
            onChange={(guideline) => set({ guideline })}
          />
          {error === null ? null : <p role="alert">{errorText(error)}</p>}
          <Row justify="end">
            <Button type="submit" variant="primary" loading={busy} disabled={!input.name.trim()}>
              {t("create")}
            </Button>
          </Row>
        </Stack>
      </Panel>
    </form>
  );
}

interface PeopleFieldProps {
  members: readonly Member[];
  chosen: readonly string[];
  onChange: (usernames: string[]) => void;
}

function PeopleField({ members, chosen, onChange }: PeopleFieldProps) {
  const t = useT("campaigns");
  const labelers = members.filter((member) => member.role !== "viewer");
  const toggle = (username: string, on: boolean) =>
    onChange(on ? [...chosen, username] : chosen.filter((name) => name !== username));
  return (
    <fieldset className={styles.fieldset}>
      <legend>{t("people")}</legend>
      <p className="muted small">{t("peopleHint")}</p>
      <div className={styles.people}>
        {labelers.map((member) => (
          <CheckboxField
            key={member.username}
            label={member.display_name || member.username}
            checked={chosen.includes(member.username)}
            onChange={(on) => toggle(member.username, on)}
          />
        ))}
      </div>
    </fieldset>
  );
}
