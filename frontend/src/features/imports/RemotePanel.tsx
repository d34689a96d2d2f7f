import { type FormEvent, type ReactNode, useState } from "react";
import type { BucketSource, RemoteSource } from "@/api/imports";
import { useWords } from "@/app/words";
import { useT } from "@/i18n";
import { Button, ChoiceCards, Panel, PasswordField, Row, SegmentedField, Stack, TextField } from "@/ui";
import { ImportTags } from "./ImportTags";
import styles from "./imports.module.css";
import { SqlFields } from "./SqlFields";
import { SyncButton } from "./SyncButton";
import { draftOf, sourceOf } from "./sql";

const KINDS = ["url", "s3", "sql"] as const;
type Kind = (typeof KINDS)[number];

const BUCKET: BucketSource = {
  endpoint: "",
  bucket: "",
  prefix: "",
  region: "us-east-1",
  key_id: "",
  secret: "",
  keep: "copy",
};

interface RemotePanelProps {
  dataset: string;
  modality: string;
  /** What was tried before, to be mended. */
  initial?: RemoteSource | null;
  /** What a bucket's samples are tagged with, now and by the clock. */
  tags: readonly string[] | undefined;
  onTags: (tags: readonly string[]) => void;
  onChoose: (source: RemoteSource) => void;
}

/** Data that lies elsewhere: an archive at an address, the objects of a bucket, the rows of a query. */
export function RemotePanel({ dataset, modality, initial, tags = [], onTags, onChoose }: RemotePanelProps) {
  const t = useWords("imports", modality);
  // A table is one file, never the objects of a bucket; a query gives rows, never pictures.
  const missing = modality === "tabular" ? "s3" : modality === "text" ? null : "sql";
  const kinds = KINDS.filter((one) => one !== missing);
  const [kind, setKind] = useState<Kind>(kinds.find((one) => initial && one in initial) ?? "url");
  const [url, setUrl] = useState(initial && "url" in initial ? initial.url : "");
  const [bucket, setBucket] = useState(initial && "s3" in initial ? initial.s3 : BUCKET);
  const [sql, setSql] = useState(draftOf(initial));
  const isWhole = isWholeBucket(bucket);
  const query = sourceOf(sql);
  const source: Record<Kind, RemoteSource | null> = {
    url: url === "" ? null : { url: url.trim() },
    s3: isWhole ? { s3: bucket } : null,
    sql: query && { sql: query },
  };
  const chosen = source[kind];
  const fields: Record<Kind, ReactNode> = {
    url: (
      <TextField label={t("remoteUrl")} hint={t("remoteUrlHint")} type="url" value={url} onChange={setUrl} />
    ),
    s3: <BucketFields value={bucket} mayStay={modality !== "text"} onChange={setBucket} />,
    sql: <SqlFields value={sql} onChange={(more) => setSql((now) => ({ ...now, ...more }))} />,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen) onChoose(chosen);
  };
  return (
    <Panel title={t("remote")}>
      <form onSubmit={submit}>
        <Stack gap={16}>
          <SegmentedField
            label={t("remoteKind")}
            value={kind}
            options={kinds.map((value) => ({ value, label: t(`remote_${value}`) }))}
            onChange={setKind}
          />
          {fields[kind]}
          {kind === "s3" ? <ImportTags dataset={dataset} value={tags} onChange={onTags} /> : null}
          <Row>
            <Button type="submit" disabled={!chosen}>
              {t("remoteLook")}
            </Button>
            {kind === "s3" ? (
              <SyncButton dataset={dataset} bucket={isWhole ? bucket : null} tags={tags} />
            ) : null}
          </Row>
        </Stack>
      </form>
    </Panel>
  );
}

/** A key has two halves. */
function isWholeBucket({ endpoint, bucket, key_id, secret }: BucketSource): boolean {
  return endpoint !== "" && bucket !== "" && !key_id === !secret;
}

interface BucketFieldsProps {
  value: BucketSource;
  /** Texts are always copied. */
  mayStay: boolean;
  onChange: (value: BucketSource) => void;
}

function BucketFields({ value, mayStay, onChange }: BucketFieldsProps) {
  const t = useT("imports");
  const note = mayStay
    ? t(value.keep === "reference" ? "bucketReferenceText" : "bucketText")
    : t("bucketTextOnly");
  const set = (name: Exclude<keyof BucketSource, "keep">) => (text: string) =>
    onChange({ ...value, [name]: text.trim() });
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
      {mayStay ? (
        <div className={styles.whole}>
          <ChoiceCards
            legend={t("bucket_keep")}
            name="keep"
            value={value.keep}
            choices={(["copy", "reference"] as const).map((one) => ({
              value: one,
              title: t(`keep_${one}`),
              text: t(`keep_${one}Text`),
            }))}
            onChange={(keep) => onChange({ ...value, keep })}
          />
        </div>
      ) : null}
      <p className={styles.note}>{note}</p>
    </div>
  );
}
