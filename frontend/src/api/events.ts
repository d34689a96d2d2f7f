import { useEffect, useRef } from "react";
import { isRecord } from "./errors";
import { urlOf } from "./http";

export interface StreamEvent {
  topic: string;
  type: string;
  body: Readonly<Record<string, unknown>>;
}

type Listener = (event: StreamEvent) => void;

const TYPES = ["state", "progress", "log", "metric", "change"] as const;
const POLL_MS = 2_000;
const FAILURES_BEFORE_POLLING = 3;

const listeners = new Map<string, Set<Listener>>();
let source: EventSource | null = null;
let failures = 0;
let lastId = "";
let poll: ReturnType<typeof setInterval> | undefined;
let pending = false;

function deliver(event: StreamEvent): void {
  const targets = event.topic
    ? (listeners.get(event.topic) ?? [])
    : [...listeners.values()].flatMap((set) => [...set]);
  for (const listener of targets) listener(event);
}

function parse(type: string, message: MessageEvent<string>): void {
  lastId = message.lastEventId || lastId;
  const body: unknown = JSON.parse(message.data);
  if (!isRecord(body)) return;
  deliver({ topic: typeof body.topic === "string" ? body.topic : "", type, body });
}

/** Without a stream, listeners are told every two seconds that something may have changed. */
function startPolling(): void {
  poll ??= setInterval(() => {
    for (const topic of listeners.keys()) deliver({ topic, type: "poll", body: {} });
  }, POLL_MS);
}

function stopPolling(): void {
  clearInterval(poll);
  poll = undefined;
}

function connect(): void {
  pending = false;
  source?.close();
  source = null;
  if (listeners.size === 0) {
    stopPolling();
    return;
  }
  const opened = new EventSource(
    urlOf("events/", { topics: [...listeners.keys()].join(","), last_event_id: lastId }),
  );
  source = opened;
  opened.onopen = () => {
    failures = 0;
    stopPolling();
  };
  opened.onerror = () => {
    failures += 1;
    if (failures >= FAILURES_BEFORE_POLLING) startPolling();
    if (opened.readyState === EventSource.CLOSED)
      setTimeout(reconnect, Math.min(30_000, 1_000 * 2 ** failures));
  };
  for (const type of TYPES) opened.addEventListener(type, (message) => parse(type, message));
}

/** Several topics subscribed in one render share one connection. */
function reconnect(): void {
  if (pending) return;
  pending = true;
  queueMicrotask(connect);
}

function subscribe(topic: string, listener: Listener): () => void {
  const set = listeners.get(topic) ?? new Set<Listener>();
  if (set.size === 0) {
    listeners.set(topic, set);
    reconnect();
  }
  set.add(listener);
  return () => {
    set.delete(listener);
    if (set.size > 0) return;
    listeners.delete(topic);
    reconnect();
  };
}

/**
 * The server's events about these topics (`job:<id>`, `project:<id>`), over one stream per tab that resumes
 * where it broke off. A `poll` event every 2 s stands in while there is no stream: refetch on it.
 */
export function useEvents(topics: readonly string[], onEvent: Listener): void {
  const latest = useRef(onEvent);
  useEffect(() => {
    latest.current = onEvent;
  });
  const key = topics.join(",");
  useEffect(() => {
    const stops = key
      .split(",")
      .filter(Boolean)
      .map((topic) => subscribe(topic, (event) => latest.current(event)));
    return () => {
      for (const stop of stops) stop();
    };
  }, [key]);
}
