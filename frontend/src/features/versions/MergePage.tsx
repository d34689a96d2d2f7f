import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { datasetsQuery } from "@/api/datasets";
import { type MergeProposal, planMerge, proposalQuery } from "@/api/merges";
import { rowsOf } from "@/api/query";
import type { Dataset } from "@/api/types";
import { versionsPages } from "@/api/versions";
import { act } from "@/app/act";
import { errorText, jobErrorText } from "@/app/errorText";
import { useMay, useProjectId } from "@/app/inProject";
import { JobProgress } from "@/app/JobsTray";
import { WithDataset } from "@/app/WithDataset";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import {
  Button,
  CheckboxField,
  EmptyState,
  LinkButton,
  Page,
  PageHeader,
  Panel,
  SelectField,
  Split,
  Stack,
} from "@/ui";
import { MergeClasses } from "./MergeClasses";
import { MergeOutcome } from "./MergeOutcome";
import { useJob } from "./useJob";

const HERE = "/app/p/$project/versions/merge";

export function MergePage() {
  const { dataset } = useSearch({ from: HERE });
  return (
    <WithDataset wanted={dataset}>{(found) => <MergeInto key={found.id} dataset={found} />}</WithDataset>
  );
}

/** What the address says of the merge, so that it can be passed on and survives a reload. */
function useMergeSearch(dataset: string) {
  const project = useProjectId();
  const navigate = useNavigate();
  const search = useSearch({ from: HERE });
  const change = (next: { from?: string; version?: string; merge?: string }) =>
    void navigate({
      to: "/p/$project/versions/merge",
      params: { project },
      search: { dataset, ...next },
      replace: true,
      resetScroll: false,
    });
  return [search, change] as const;
}

function MergeInto({ dataset }: { dataset: Dataset }) {
  const t = useWords("changes", dataset.modality);
  const [search, change] = useMergeSearch(dataset.id);
  const { merge } = search;
  return (
    <Page>
      <PageHeader title={t("mergeTitle", { name: dataset.name })} description={t("mergeSubtitle")} />
      {merge ? (
        <MergeOutcome
          key={merge}
          dataset={dataset}
          id={merge}
          onAgain={() => change({ from: search.from, version: search.version })}
        />
      ) : (
        <Ask dataset={dataset} />
      )}
    </Page>
  );
}

/** Which version is to come, and as which classes. */
function Ask({ dataset }: { dataset: Dataset }) {
  const t = useT("changes");
  const project = useProjectId();
  const [search, change] = useMergeSearch(dataset.id);
  const all = useQuery(datasetsQuery(project)).data?.results ?? [];
  const fit = all.filter((one) => one.id !== dataset.id && one.task === dataset.task);
  const from = fit.find((one) => one.id === search.from);
  const versions = useInfiniteQuery({ ...versionsPages(from?.id ?? ""), enabled: from !== undefined });
  const frozen = rowsOf(versions.data)?.filter((one) => !one.augmentation);
  const version = frozen?.find((one) => one.id === search.version) ?? frozen?.[0];
  if (fit.length === 0)
    return (
      <EmptyState
        title={t("mergeNothing")}
        action={
          <LinkButton
            to="/p/$project/versions"
            params={{ project }}
            search={{ dataset: dataset.id }}
            variant="primary"
          >
            {t("mergeToVersions")}
          </LinkButton>
        }
      >
        {t("mergeNothingText")}
      </EmptyState>
    );
  return (
    <Split side={version ? <Start key={version.id} dataset={dataset} version={version.id} /> : null}>
      <Panel title={t("mergeFrom")}>
        <Stack gap={12}>
          <SelectField
            label={t("mergeDataset")}
            value={from?.id ?? null}
            options={fit.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(id) => id && change({ from: id })}
          />
          {from && frozen?.length === 0 ? (
            <>
              <p className="muted small">{t("mergeNotFrozen")}</p>
              <LinkButton to="/p/$project/versions/new" params={{ project }} search={{ dataset: from.id }}>
                {t("mergeFreeze")}
              </LinkButton>
            </>
          ) : null}
          {version ? (
            <SelectField
              label={t("mergeVersion")}
              hint={t("mergeVersionHint")}
              value={version.id}
              options={(frozen ?? []).map((one) => ({
                value: one.id,
                label: `${one.number} · ${one.name}`,
              }))}
              onChange={(id) => id && change({ from: from?.id, version: id })}
            />
          ) : null}
        </Stack>
      </Panel>
    </Split>
  );
}

function Start({ dataset, version }: { dataset: Dataset; version: string }) {
  const t = useT("changes");
  const query = useQuery(proposalQuery(dataset.id, version));
  if (query.error) return <p role="alert">{errorText(query.error)}</p>;
  return query.data ? (
    <Plan dataset={dataset} version={version} proposal={query.data} />
  ) : (
    <p className="muted">{t("mergeReading")}</p>
  );
}

interface PlanProps {
  dataset: Dataset;
  version: string;
  proposal: MergeProposal;
}

function Plan({ dataset, version, proposal: { base, classes, here } }: PlanProps) {
  const t = useWords("changes", dataset.modality);
  const [search, change] = useMergeSearch(dataset.id);
  const mayCurate = useMay("curate_project");
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const [removals, setRemovals] = useState(false);
  const [jobId, setJobId] = useState<string | null>(null);
  const { job, isRunning } = useJob(jobId);
  const planned = job?.state === "succeeded" ? job.result?.id : undefined;
  useEffect(() => {
    if (typeof planned === "string") change({ from: search.from, version, merge: planned });
  });
  return (
    <Panel title={t("mergeClasses")}>
      <Stack gap={12}>
        {here ? <p className="muted small">{t("mergeOfRows")}</p> : null}
        <p className="muted small">
          {base ? t("mergeBase", { name: base.dataset_name, number: base.number }) : t("mergeStrangers")}
        </p>
        <MergeClasses
          here={here ?? dataset.label_schema.classes}
          modality={dataset.modality}
          classes={classes}
          chosen={chosen}
          onChange={(id, to) => setChosen({ ...chosen, [id]: to })}
        />
        {base ? (
          <CheckboxField
            label={t("mergeRemovals")}
            hint={t("mergeRemovalsHint")}
            checked={removals}
            onChange={setRemovals}
          />
        ) : null}
        <div role="status">{job && isRunning ? <JobProgress job={job} /> : null}</div>
        {job?.error ? <p role="alert">{jobErrorText(job.error)}</p> : null}
        {mayCurate ? (
          <Button
            variant="primary"
            loading={isRunning}
            onClick={() =>
              void act(async () =>
                setJobId((await planMerge(dataset.id, { version, classes: chosen, removals })).id),
              )
            }
          >
            {t("mergeLook")}
          </Button>
        ) : null}
      </Stack>
    </Panel>
  );
}
