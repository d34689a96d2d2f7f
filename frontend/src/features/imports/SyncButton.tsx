import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type BucketSource, createSync, type SyncEvery, syncsPages } from "@/api/imports";
import { act } from "@/app/act";
import { useT } from "@/i18n";
import { Button, SelectField, toast } from "@/ui";

const EVERY = ["hour", "day", "week"] as const;

/** Have new objects of the bucket come in by the clock instead of once. */
export function SyncButton({
  dataset,
  bucket,
  tags,
}: {
  dataset: string;
  bucket: BucketSource | null;
  tags: readonly string[];
}) {
  const t = useT("imports");
  const client = useQueryClient();
  const [every, setEvery] = useState<SyncEvery>("day");
  const [isBusy, setBusy] = useState(false);
  const keep = async () => {
    if (!bucket) return;
    setBusy(true);
    if (await act(() => createSync(dataset, bucket, every, tags))) toast(t("syncBegun"));
    await client.invalidateQueries({ queryKey: syncsPages(dataset).queryKey });
    setBusy(false);
  };
  return (
    <>
      <Button disabled={!bucket} loading={isBusy} onClick={keep}>
        {t("syncKeep")}
      </Button>
      <SelectField
        label={t("syncEvery")}
        hideLabel
        value={every}
        options={EVERY.map((value) => ({ value, label: t(`syncEvery_${value}`) }))}
        onChange={(value) => value && setEvery(value)}
      />
    </>
  );
}
