/** What the server's problem document says, or what the network did instead of answering. */
export class AppError extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;

  constructor(problem: {
    code: string;
    status: number;
    detail: string;
    params?: Record<string, unknown>;
    requestId?: string | null;
  }) {
    super(problem.detail);
    this.name = "AppError";
    this.code = problem.code;
    this.status = problem.status;
    this.params = problem.params ?? {};
    this.requestId = problem.requestId ?? null;
  }

  /** Field name to sentence, for putting each beside its field. */
  get fields(): Readonly<Record<string, string>> {
    const fields = this.params.fields;
    if (!isRecord(fields)) return {};
    return Object.fromEntries(
      Object.entries(fields).map(([name, text]) => [
        name,
        Array.isArray(text) ? text.join(" ") : String(text),
      ]),
    );
  }

  /** What was sent is refused for what it is: the same again is refused again. */
  get isFinal(): boolean {
    return [400, 413, 415, 422].includes(this.status) && this.code !== "upload_incomplete";
  }

  /** Worth trying again without changing anything. */
  get isTransient(): boolean {
    return this.code === "network" || this.status === 429 || this.status >= 500;
  }
}

/** An object with string keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Any thrown thing as an AppError. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new AppError({ code: "client_error", status: 0, detail });
}

/** Read a refused response: problem+json where there is some, else its status. */
export async function errorFromResponse(response: Response): Promise<AppError> {
  const requestId = response.headers.get("X-Request-Id");
  const body: unknown = await response.json().catch(() => null);
  if (!isRecord(body))
    return new AppError({
      code: `http_${response.status}`,
      status: response.status,
      detail: response.statusText,
      requestId,
    });
  return new AppError({
    code: typeof body.code === "string" ? body.code : `http_${response.status}`,
    status: response.status,
    detail: typeof body.detail === "string" ? body.detail : response.statusText,
    params: isRecord(body.params) ? body.params : {},
    requestId: typeof body.request_id === "string" ? body.request_id : requestId,
  });
}
