import { type FormEvent, useState } from "react";
import type { BucketSource, RemoteSource } from "@/api/imports";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, Panel, PasswordField, Row, SegmentedField, Stack, TextField } from "@/ui";
import styles from "./imports.module.css";

type Kind = "url" | "s3";

const BUCKET: BucketSource = {
  endpoint: "",
  bucket: "",
  prefix: "",
  region: "us-east-1",
  key_id: "",
  secret: "",
};

interface RemotePanelProps {
  modality: string;
  /** What was tried before, to be mended. */
  initial?: RemoteSource | null;
  onChoose: (source: RemoteSource) => void;
}

/** Data that lies elsewhere: an archive at an address, or the objects of a bucket. */
export function RemotePanel({ modality, initial, onChoose }: RemotePanelProps) {
  const t = useWords("imports", modality);
  // A table is one file, never the objects of a bucket.
  const hasBuckets = modality !== "tabular";
  const [kind, setKind] = useState<Kind>(hasBuckets && initial && "s3" in initial ? "s3" : "url");
  const [url, setUrl] = useState(initial && "url" in initial ? initial.url : "");
  const [bucket, setBucket] = useState(initial && "s3" in initial ? initial.s3 : BUCKET);
  const isWhole =
    kind === "url"
      ? url !== ""
      : bucket.endpoint !== "" && bucket.bucket !== "" && !bucket.key_id === !bucket.secret;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChoose(kind === "url" ? { url: url.trim() } : { s3: bucket });
  };
  return (
    <Panel title={t("remote")}>
      <form onSubmit={submit}>
        <Stack gap={16}>
          {hasBuckets ? (
            <SegmentedField
              label={t("remoteKind")}
              value={kind}
              options={[
                { value: "url", label: t("remote_url") },
                { value: "s3", label: t("remote_s3") },
              ]}
              onChange={setKind}
            />
          ) : null}
          {kind === "url" ? (
            <TextField
              label={t("remoteUrl")}
              hint={t("remoteUrlHint")}
              type="url"
              value={url}
              onChange={setUrl}
            />
          ) : (
            <BucketFields value={bucket} onChange={setBucket} />
          )}
          <Row>
            <Button type="submit" disabled={!isWhole}>
              {t("remoteLook")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Panel>
  );
}

function BucketFields({ value, onChange }: { value: BucketSource; onChange: (value: BucketSource) => void }) {
  const t = useT("imports");
  const set = (name: keyof BucketSource) => (text: string) => onChange({ ...value, [name]: text.trim() });
  return (
    <div className={styles.options}>
      <TextField label={t("bucket_endpoint")} type="url" value={value.endpoint} onChange={set("endpoint")} />
      <TextField label={t("bucket_bucket")} value={value.bucket} onChange={set("bucket")} />
      <TextField
        label={t("bucket_prefix")}
        value={value.prefix}
        onChange={(prefix) => onChange({ ...value, prefix })}
      />
      <TextField label={t("bucket_region")} value={value.region} onChange={set("region")} />
      <TextField label={t("bucket_key_id")} value={value.key_id} onChange={set("key_id")} />
      <PasswordField
        label={t("bucket_secret")}
        showLabel={t("bucket_show")}
        autoComplete="off"
        value={value.secret}
        onChange={set("secret")}
      />
      <p className={styles.note}>{t("bucketText")}</p>
    </div>
  );
}
