import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { datasetsQuery, deleteDataset } from "@/api/datasets";
import type { Dataset } from "@/api/types";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, ConfirmDialog, LinkButton, Panel, Row, Stack, toast } from "@/ui";

/** The data sets of a project, each with its way into the bin. */
export function DatasetsPanel({ project }: { project: string }) {
  const t = useT("projects");
  const query = useQuery(datasetsQuery(project));
  const datasets = query.data?.results ?? [];
  const [asked, setAsked] = useState<Dataset | null>(null);
  const remove = async () => {
    if (!asked) return;
    if (await act(() => deleteDataset(asked))) toast(t("datasetDeleted", { name: asked.name }));
    // Somebody else may have been quicker.
    else void query.refetch();
    setAsked(null);
  };
  return (
    <Panel
      title={t("datasets")}
      actions={
        <LinkButton to="/p/$project/data/bin" params={{ project }} size="sm">
          {t("toBin")}
        </LinkButton>
      }
    >
      <Stack gap={12}>
        <p className="muted">{t("datasetsText")}</p>
        {datasets.map((dataset) => (
          <Row key={dataset.id} justify="between" gap={16} wrap>
            <span>
              {dataset.name}{" "}
              <span className="muted small">{t("datasetSamples", { count: dataset.counts.samples })}</span>
            </span>
            <Button
              size="sm"
              aria-label={t("datasetDelete", { name: dataset.name })}
              onClick={() => setAsked(dataset)}
            >
              {t("datasetDeleteDo")}
            </Button>
          </Row>
        ))}
      </Stack>
      <ConfirmDialog
        open={asked !== null}
        onClose={() => setAsked(null)}
        onConfirm={remove}
        title={t("datasetDeleteTitle", { name: asked?.name ?? "" })}
        confirm={t("datasetDeleteDo")}
      >
        {t("datasetDeleteText")}
      </ConfirmDialog>
    </Panel>
  );
}
