import { useState } from "react";
import { useMay } from "@/app/inProject";
import { NewDataset } from "@/app/NewDataset";
import { useT } from "@/i18n";
import { Button } from "@/ui";
import { NO_FILTERS, useDataSearch } from "./search";

/** One more data set in the project, of whichever kind; it is shown once it is made. */
export function NewDatasetButton() {
  const t = useT("data");
  const [, change] = useDataSearch();
  const [asking, setAsking] = useState(false);
  if (!useMay("curate_project")) return null;
  return (
    <>
      <Button variant="quiet" onClick={() => setAsking(true)}>
        {t("newDataset")}
      </Button>
      {asking ? (
        <NewDataset
          onClose={() => setAsking(false)}
          onMade={({ id }) => {
            setAsking(false);
            change({ ...NO_FILTERS, dataset: id, sample: undefined, view: undefined }, false);
          }}
        />
      ) : null}
    </>
  );
}
