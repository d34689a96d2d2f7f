import { useState } from "react";
import { cancelRun, isRunOpen, type Run, resumeRun } from "@/api/training";
import { act } from "@/app/act";
import { useMay, useProjectId } from "@/app/inProject";
import { useT } from "@/i18n";
import { Button, ConfirmDialog, LinkButton } from "@/ui";

/** Stop, go on, or see what came of it: what fits the state. */
export function RunActions({ run }: { run: Run }) {
  const t = useT("runs");
  const project = useProjectId();
  const mayTrain = useMay("train_project");
  const mayDeploy = useMay("deploy_project");
  const [asking, setAsking] = useState(false);
  if (run.model_version) {
    return (
      <>
        {mayTrain ? <Again run={run} /> : null}
        {mayDeploy ? (
          <LinkButton to="/endpoints/new" search={{ project, version: run.model_version }}>
            {t("deploy")}
          </LinkButton>
        ) : null}
        <LinkButton
          to="/p/$project/reports/$version"
          params={{ project, version: run.model_version }}
          variant="primary"
        >
          {t("report")}
        </LinkButton>
      </>
    );
  }
  if (!mayTrain) return null;
  if (!isRunOpen(run)) {
    return (
      <>
        <Again run={run} />
        <Button variant="primary" onClick={() => void act(() => resumeRun(run.id))}>
          {t("resume")}
        </Button>
      </>
    );
  }
  return (
    <>
      <Button onClick={() => setAsking(true)}>{t("stop")}</Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => act(() => cancelRun(run.id))}
        title={t("stopTitle")}
        confirm={t("stop")}
      >
        {t("stopText")}
      </ConfirmDialog>
    </>
  );
}

function Again({ run }: { run: Run }) {
  const t = useT("runs");
  const project = useProjectId();
  return (
    <LinkButton to="/p/$project/train/new" params={{ project }} search={{ version: run.dataset_version }}>
      {t("again")}
    </LinkButton>
  );
}
