import { AppError, errorFromResponse } from "./errors";
import type { ApiPath } from "./paths";

export const API = "/api/v1";

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Let the request outlive the page; browsers allow 64 kB of body. */
  keepalive?: boolean;
  /** Names this write, so that repeating it does nothing twice. POSTs get one by themselves. */
  idempotencyKey?: string;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const signedOut = new Set<() => void>();

/** Be told when the server says that nobody is signed in any more. */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener);
  return () => signedOut.delete(listener);
}

/** `/api/v1` + path + query, leaving out what is empty. */
export function urlOf(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `${path.startsWith("/") ? path : `${API}/${path}`}${text ? `?${text}` : ""}`;
}

function csrfToken(): string {
  return /(?:^|;\s*)[^=;]*csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

function headersFor(method: Method, options: RequestOptions): Headers {
  const headers = new Headers({ Accept: "application/json", ...options.headers });
  if (method !== "GET") headers.set("X-CSRFToken", csrfToken());
  // A form with files has been read by the session's CSRF check before its key could be compared.
  if (method === "POST" && !(options.body instanceof FormData)) {
    headers.set("Idempotency-Key", options.idempotencyKey ?? crypto.randomUUID());
  }
  if (options.body !== undefined && !isRaw(options.body) && !headers.has("Content-Type"))
    headers.set("Content-Type", "application/json");
  return headers;
}

function isRaw(body: unknown): body is FormData | Blob {
  return body instanceof FormData || body instanceof Blob;
}

/** One request to the API. Refusals are thrown as AppError. This is the only place that calls `fetch`. */
export async function send(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
  const { body, signal, keepalive } = options;
  const init: RequestInit = {
    method,
    headers: headersFor(method, options),
    credentials: "same-origin",
    keepalive: keepalive ?? false,
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
  };
  const response = await fetch(urlOf(path, options.query), init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new AppError({ code: "network", status: 0, detail: "the server could not be reached" });
  });
  if (response.ok) return response;
  const error = await errorFromResponse(response);
  if (error.status === 401) for (const notify of signedOut) notify();
  throw error;
}

async function json<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  const body: T = text === "" ? undefined : JSON.parse(text);
  return body;
}

/** The verbs. Paths are relative to `/api/v1/` and checked against the OpenAPI document: `http.get<Project>(`projects/${id}/`)`. */
export const http = {
  get: <T>(path: ApiPath<"get">, query?: Query, signal?: AbortSignal) =>
    json<T>("GET", path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  post: <T>(path: ApiPath<"post">, body?: unknown, options?: RequestOptions) =>
    json<T>("POST", path, { ...options, body }),
  put: <T>(path: ApiPath<"put">, body: unknown, options?: RequestOptions) =>
    json<T>("PUT", path, { ...options, body }),
  patch: <T>(path: ApiPath<"patch">, body: unknown, options?: RequestOptions) =>
    json<T>("PATCH", path, { ...options, body }),
  delete: (path: ApiPath<"delete">) => json<undefined>("DELETE", path),
};
