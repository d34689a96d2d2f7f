import type { ReferenceCheck } from "@/api/references";
import { useT } from "@/i18n";
import { formatCount } from "@/i18n/format";
import { jobErrorText } from "./errorText";

/** What a look at files in buckets found. */
export function ReferencesFound({
  state,
  error,
  result,
}: Pick<ReferenceCheck, "state" | "error" | "result">) {
  const t = useT("imports");
  if (error) return <p>{t("referencesFailed", { why: jobErrorText(error) })}</p>;
  if (!result || state !== "succeeded") return <p>{t("referencesChecking")}</p>;
  const bad = result.checked - result.reachable;
  if (bad === 0) return <p>{t("referencesFine", { count: result.checked })}</p>;
  return (
    <>
      <p>{t("referencesSome", { bad: formatCount(bad), count: formatCount(result.checked) })}</p>
      <ul>
        {result.examples.map((one) => (
          <li key={one.key}>
            {one.key} <span className="muted">· {t(`referenceState_${one.state}`)}</span>
          </li>
        ))}
        {bad > result.examples.length ? <li>…</li> : null}
      </ul>
    </>
  );
}
