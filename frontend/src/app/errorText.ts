import { asAppError } from "@/api/errors";
import { lookup, translator } from "@/i18n";

/** One sentence in the user's language: what happened and what to do. The server sends codes, not words. */
export function errorText(error: unknown): string {
  const { code, status, params, message } = asAppError(error);
  const byCode = lookup("errors", code, { detail: message, ...params });
  if (byCode) return byCode;
  const byStatus = lookup("errors", `http_${status}`);
  if (byStatus) return byStatus;
  return message || translator("errors")("client_error");
}

/** The same for the error of a job, of which only code and detail are known. */
export function jobErrorText(error: { code: string; detail: string }): string {
  return lookup("errors", error.code, { detail: error.detail }) ?? error.detail;
}
