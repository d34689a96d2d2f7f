import { useNavigate } from "@tanstack/react-router";
import type { Dataset } from "@/api/types";
import { useProjectId } from "@/app/inProject";
import { useWords } from "@/app/words";
import { FilesDrop, LinkButton, type PathFile } from "@/ui";
import { noteReading, takeFiles, useFlow } from "./flow";
import styles from "./imports.module.css";
import { DEFAULTS } from "./options";

/** Where a data set has nothing yet: what is dropped here is sent at once, and the import page says how it goes. */
export function FirstFiles({ dataset }: { dataset: Dataset }) {
  const t = useWords("imports", dataset.modality);
  const project = useProjectId();
  const navigate = useNavigate();
  const { phase } = useFlow(dataset.id);
  const isTabular = dataset.modality === "tabular";
  const address = { params: { project }, search: { dataset: dataset.id } };
  const take = (files: readonly PathFile[]) => {
    void takeFiles(dataset.id, files, DEFAULTS);
    if (files.length > 0) void navigate({ to: "/p/$project/data/import", ...address });
  };
  if (phase !== "choose" && phase !== "reading")
    return (
      <LinkButton to="/p/$project/data/import" {...address} variant="primary">
        {t("goOn")}
      </LinkButton>
    );
  return (
    <div className={styles.first}>
      <FilesDrop
        title={t(isTabular ? "dropTitleTable" : "dropTitle")}
        hint={t(isTabular ? "dropHintTable" : "dropHint")}
        chooseFiles={t("chooseFiles")}
        chooseFolder={t("chooseFolder")}
        onReading={() => noteReading(dataset.id)}
        onFiles={take}
      />
      <LinkButton to="/p/$project/data/import" {...address} variant="quiet">
        {t("otherWays")}
      </LinkButton>
    </div>
  );
}
