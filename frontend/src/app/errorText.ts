import { type AppError, asAppError } from "@/api/errors";
import { lookup, translator } from "@/i18n";

/** One sentence in the user's language: what happened and what to do. The server sends codes, not words. */
export function errorText(error: unknown): string {
  const { code, status, params, message } = asAppError(error);
  // One code may stand for several faults, and each asks for something else.
  const context = typeof params.fault === "string" ? { context: params.fault } : {};
  const byCode = lookup("errors", code, { detail: message, ...params, ...context });
  if (byCode) return byCode;
  if (status === 400 || status === 422) {
    const said = saidOf(asAppError(error));
    if (said) return translator("errors")("refused", { detail: said });
  }
  const byStatus = lookup("errors", `http_${status}`);
  if (byStatus) return byStatus;
  return message || translator("errors")("client_error");
}

/** What the server says is wrong. It alone knows, and a form may have no field to say it beside. */
function saidOf({ message, fields }: AppError): string {
  const said = message.trim();
  return said || Object.values(fields).join(" ");
}

/** The same for the error of a job, of which only code and detail are known. */
export function jobErrorText(error: { code: string; detail: string }): string {
  return lookup("errors", error.code, { detail: error.detail }) ?? error.detail;
}
