import { queryOptions } from "@tanstack/react-query";
import { asAppError } from "./errors";
import { http } from "./http";
import { pagesOf, queryClient } from "./query";
import type { PageOf } from "./types";

export type EndpointState = "starting" | "live" | "stopped" | "unhealthy";

export interface Route {
  model_version: string;
  weight: number;
}

export interface Endpoint {
  id: string;
  project: string;
  name: string;
  routes: Route[];
  state: EndpointState;
  problem?: string;
  url: string;
  revision: number;
  table_version: number;
  example: { curl: string; python: string; javascript: string };
  journal?: { sample_rate?: number; keep_days?: number; consent?: boolean };
  created_at: string;
  updated_at?: string;
}

export const endpointsPages = (project?: string) =>
  pagesOf<Endpoint>(["endpoints", project ?? "all"], "endpoints/", { project });

export const endpointQuery = (id: string) =>
  queryOptions({
    queryKey: ["endpoint", id],
    queryFn: ({ signal }) => http.get<Endpoint>(`endpoints/${id}/`, undefined, signal),
    refetchInterval: (query) => (query.state.data?.state === "starting" ? 1_000 : 15_000),
  });

export interface EndpointInput {
  project: string;
  name: string;
  routes: { model_version: string; weight: number }[];
}

export async function createEndpoint(input: EndpointInput): Promise<Endpoint> {
  const endpoint = await http.post<Endpoint>("endpoints/", input);
  await queryClient.invalidateQueries({ queryKey: ["endpoints"] });
  return endpoint;
}

async function adopt(id: string, change: Promise<unknown>): Promise<void> {
  await change;
  await queryClient.invalidateQueries({ queryKey: ["endpoint", id] });
  await queryClient.invalidateQueries({ queryKey: ["endpoints"] });
}

export const deployVersion = (id: string, version: string, revision: number) =>
  adopt(
    id,
    http.patch(
      `endpoints/${id}/`,
      { routes: [{ model_version: version, weight: 100 }] },
      { headers: { "If-Match": `"${revision}"` } },
    ),
  );

export const rollbackEndpoint = (id: string) => adopt(id, http.post(`endpoints/${id}/rollback/`, {}));

export async function deleteEndpoint(id: string): Promise<void> {
  await http.delete(`endpoints/${id}/`);
  await queryClient.invalidateQueries({ queryKey: ["endpoints"] });
}

export interface EndpointKey {
  id: string;
  name?: string;
  prefix: string;
  created_at: string;
  expires_at?: string | null;
  revoked_at?: string | null;
  last_used_at: string | null;
}

export const endpointKeysQuery = (id: string) =>
  queryOptions({
    queryKey: ["endpoint", id, "keys"],
    queryFn: async ({ signal }) => {
      const answer = await http.get<PageOf<EndpointKey> | EndpointKey[]>(
        `endpoints/${id}/keys/`,
        undefined,
        signal,
      );
      return Array.isArray(answer) ? answer : answer.results;
    },
  });

/** A new key; its secret is in this answer and nowhere else. */
export async function createEndpointKey(id: string, name: string): Promise<string> {
  const key = await http.post<EndpointKey & { secret: string }>(`endpoints/${id}/keys/`, { name });
  await queryClient.invalidateQueries({ queryKey: ["endpoint", id, "keys"] });
  return key.secret;
}

export async function revokeEndpointKey(id: string, key: string): Promise<void> {
  await http.delete(`endpoints/${id}/keys/${key}/`);
  await queryClient.invalidateQueries({ queryKey: ["endpoint", id, "keys"] });
}

export type Latency = Partial<Record<"p50" | "p95" | "p99", number | null>>;

export interface MinuteFigures {
  at: string;
  requests: number;
  errors: number;
  latency: Latency;
}

export interface EndpointMetrics {
  requests: number;
  errors: number;
  refused?: number;
  latency: Latency;
  /** The end of the hour that the figures are of. */
  until: string;
  /** Minutes without a request are left out. */
  per_minute: MinuteFigures[];
}

export const endpointMetricsQuery = (id: string) =>
  queryOptions({
    queryKey: ["endpoint", id, "metrics"],
    queryFn: ({ signal }) => http.get<EndpointMetrics>(`endpoints/${id}/metrics/`, undefined, signal),
    refetchInterval: 10_000,
  });

export interface Call {
  id: string;
  request_id: string;
  at: string;
  kind: "predict" | "infer" | "shadow";
  model_version: string;
  latency_ms: number;
  label: string;
  score: number | null;
  inputs: { sha256: string; media_url: string }[];
  feedback: string | null;
}

export const journalPages = (id: string) =>
  pagesOf<Call>(["endpoint", id, "journal"], `endpoints/${id}/journal/`);

export interface Prediction {
  label?: string;
  score?: number;
  scores?: { label: string; score: number }[];
}

export interface PredictAnswer {
  request_id: string;
  model_version: string | number;
  latency_ms: number;
  predictions: Prediction[];
}

const LOADING_WAITS = 15;
const LOADING_WAIT_MS = 1_000;

/**
 * Ask the endpoint about a picture, through the control plane, which keeps its own key. A model that is still
 * being loaded is waited for.
 */
export async function tryEndpoint(id: string, file: File): Promise<PredictAnswer> {
  const form = new FormData();
  form.set("file", file);
  for (let waits = 0; ; waits++) {
    try {
      return await http.post<PredictAnswer>(`endpoints/${id}/try/`, form);
    } catch (error) {
      if (asAppError(error).status !== 503 || waits === LOADING_WAITS) throw error;
      await new Promise((done) => setTimeout(done, LOADING_WAIT_MS));
    }
  }
}
