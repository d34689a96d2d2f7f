import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { datasetsQuery } from "@/api/datasets";
import { type Endpoint, type PredictAnswer, tryEndpoint } from "@/api/endpoints";
import { asAppError } from "@/api/errors";
import { readPicture } from "@/api/media";
import { rowsOf } from "@/api/query";
import { samplesPages } from "@/api/samples";
import type { Sample } from "@/api/types";
import { Failure } from "@/app/QueryState";
import { useT } from "@/i18n";
import { Dropzone, Panel, Skeleton, Stack } from "@/ui";
import { Answer } from "./Answer";
import styles from "./endpoints.module.css";

const OFFERED = 12;

interface Attempt {
  file: File;
  answer: PredictAnswer | null;
  error: unknown;
}

/** Ask the endpoint about a picture that is dropped here or taken from the data. */
export function TryTab({ endpoint }: { endpoint: Endpoint }) {
  const t = useT("endpoints");
  const [attempt, setAttempt] = useState<Attempt | null>(null);
  const ask = async (file: File) => {
    setAttempt({ file, answer: null, error: null });
    try {
      const answer = await tryEndpoint(endpoint.id, file);
      setAttempt((now) => (now?.file === file ? { file, answer, error: null } : now));
    } catch (error) {
      setAttempt((now) => (now?.file === file ? { file, answer: null, error: asAppError(error) } : now));
    }
  };
  return (
    <div className={styles.tryout}>
      <Stack>
        <Dropzone
          title={t("tryDrop")}
          hint={t("tryText")}
          accept="image/*"
          onFiles={([file]) => file && void ask(file)}
        />
        <Offered project={endpoint.project} onPick={(file) => void ask(file)} />
      </Stack>
      <Panel title={t("answer")}>
        {attempt ? (
          <Outcome attempt={attempt} onRetry={() => void ask(attempt.file)} />
        ) : (
          <p className="muted">{t("tryNone")}</p>
        )}
      </Panel>
    </div>
  );
}

function Outcome({ attempt, onRetry }: { attempt: Attempt; onRetry: () => void }) {
  const url = useObjectUrl(attempt.file);
  const [unreadable, setUnreadable] = useState<string | null>(null);
  return (
    <Stack gap={12}>
      {url && url !== unreadable ? (
        <img src={url} alt={attempt.file.name} className={styles.tried} onError={() => setUnreadable(url)} />
      ) : null}
      <div aria-live="polite">
        {attempt.error ? <Failure error={attempt.error} onRetry={onRetry} compact /> : null}
        {attempt.answer ? <Answer answer={attempt.answer} /> : null}
        {!attempt.error && !attempt.answer ? <Skeleton lines={4} height={20} /> : null}
      </div>
    </Stack>
  );
}

function useObjectUrl(file: File): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}

function Offered({ project, onPick }: { project: string; onPick: (file: File) => void }) {
  const t = useT("endpoints");
  const dataset = useQuery(datasetsQuery(project)).data?.results[0];
  const query = useInfiniteQuery({ ...samplesPages(dataset?.id ?? "", {}), enabled: dataset !== undefined });
  const samples = (rowsOf(query.data) ?? []).slice(0, OFFERED);
  const pick = async (sample: Sample) => onPick(await readPicture(sample.media_url, sample.name));
  if (samples.length === 0) return null;
  return (
    <section aria-label={t("tryPick")}>
      <h3 className={styles.heading}>{t("tryPick")}</h3>
      <ul className={styles.offered}>
        {samples.map((sample) => (
          <li key={sample.id}>
            <button type="button" onClick={() => void pick(sample)} aria-label={sample.name}>
              {sample.thumb_url ? <img src={sample.thumb_url} alt="" loading="lazy" /> : null}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
