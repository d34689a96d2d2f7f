import type { Intent, RefusedAt, Remote, SaveOutcome, SavePayload } from "@/annotator/session";
import { putAnnotation } from "@/api/campaigns";
import { AppError, asAppError, isRecord } from "@/api/errors";
import type { Item, ItemAnnotation, Saved, Shape } from "@/api/types";
import { errorText } from "@/app/errorText";
import { translator } from "@/i18n";

/** Browsers refuse larger bodies on a request that outlives its page; the journal keeps those. */
const KEEPALIVE_MAX_BYTES = 60_000;

export const intentOf = (state: string | null | undefined): Intent =>
  state === "submitted" || state === "accepted" ? "submitted" : "draft";

/** The server's copy of an item's annotation. */
export function remoteOf(annotation: ItemAnnotation): Remote {
  return {
    revision: annotation.revision,
    shapes: annotation.shapes,
    state: annotation.id ? intentOf(annotation.state) : "draft",
  };
}

export interface SendOptions {
  leaving: boolean;
  /** Items on the screen: the answer to a submission carries one that is not among them, where somebody wants it. */
  held: readonly string[];
  onNext: ((item: Item | null) => void) | null;
}

/** Save through the API and say what came of it in the annotator's terms. */
export async function sendAnnotation(
  payload: SavePayload,
  { leaving, held, onNext }: SendOptions,
): Promise<SaveOutcome> {
  const wantsNext = onNext !== null && payload.state === "submitted" && !leaving;
  const input = {
    item: payload.item,
    revision: payload.revision,
    shapes: payload.shapes,
    state: payload.state,
    seconds_spent: payload.seconds,
    ...(wantsNext ? { next: true, held } : {}),
  };
  try {
    const keepalive = leaving && JSON.stringify(input).length < KEEPALIVE_MAX_BYTES;
    const saved = await putAnnotation(payload.annotation, input, keepalive);
    if (saved.next !== undefined) onNext?.(saved.next);
    return {
      kind: "saved",
      revision: saved.revision,
      state: intentOf(saved.state),
      ...heldBack(saved.findings),
    };
  } catch (error) {
    return outcomeOf(error);
  }
}

/** Why a submission stayed a draft, and the first object that is a reason. */
function heldBack([first]: Saved["findings"]): { reason?: string; at?: RefusedAt } {
  if (!first) return {};
  const { code = "", detail = "", shapes = [] } = first;
  const reason = errorText(new AppError({ code, status: 422, detail }));
  return { reason, ...(shapes[0] ? { at: { shape: shapes[0], attribute: "" } } : {}) };
}

function outcomeOf(error: unknown): SaveOutcome {
  const problem = asAppError(error);
  const { current, kept } = problem.params;
  if (problem.code === "stale_revision") return { kind: "stale", current: remoteFrom(current) };
  // The server kept the work as a draft although the item is somebody else's now.
  if (kept === true && isRecord(current) && typeof current.revision === "number") {
    return { kind: "saved", revision: current.revision, state: "draft", reason: errorText(problem) };
  }
  // The page itself says that there is no network, and asks for a new session.
  if (problem.code === "network" || problem.status === 401) return { kind: "unreachable" };
  if (problem.isTransient || problem.code === "save_contested")
    return { kind: "unreachable", reason: errorText(problem) };
  const { shape, attribute } = problem.params;
  const at =
    typeof shape === "string" ? { shape, attribute: typeof attribute === "string" ? attribute : "" } : null;
  const reason = problem.status === 404 ? translator("annotate")("taskGone") : errorText(problem);
  return { kind: "refused", reason, ...(at ? { at } : {}) };
}

function remoteFrom(current: unknown): Remote {
  if (!isRecord(current) || typeof current.revision !== "number" || !Array.isArray(current.shapes)) {
    return { revision: 0, shapes: [], state: "draft" };
  }
  const shapes: Shape[] = current.shapes;
  return {
    revision: current.revision,
    shapes,
    state: intentOf(typeof current.state === "string" ? current.state : null),
  };
}
