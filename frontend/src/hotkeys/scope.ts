import { useEffect, useRef } from "react";
import { type Action, type Binding, KEY_MAP, type Scope } from "./map";
import { chordOf, chordOfEvent, isTyping } from "./registry";

/** A handler that answers false did nothing: the key goes on to whoever is next, at last the browser. */
export type Handlers = Partial<Record<Action, (event: KeyboardEvent) => unknown>>;

interface Layer {
  readonly scope: Scope;
  readonly handlers: () => Handlers;
}

const layers: Layer[] = [];
const silent = () => ({});

/** The scopes alive now. A dialog silences the page below it. */
export function aliveScopes(): Scope[] {
  const scopes = layers.map((layer) => layer.scope);
  const lastDialog = scopes.lastIndexOf("dialog");
  return [...new Set<Scope>(["global", ...(lastDialog >= 0 ? scopes.slice(lastDialog) : scopes)])];
}

function bindingFor(event: KeyboardEvent, scope: Scope): Binding | undefined {
  const chord = chordOfEvent(event);
  return KEY_MAP.find((binding) => binding.scope === scope && chordOf(binding) === chord);
}

const PRESSED = "button:focus-visible, a:focus-visible, summary:focus-visible";

/** Enter and Space belong to a control that the keyboard has reached; Space also to what it ticks. */
function isForControl({ code, target }: KeyboardEvent): boolean {
  if (code !== "Enter" && code !== "Space" && code !== "NumpadEnter") return false;
  const own = code === "Space" ? `${PRESSED}, input:focus-visible` : PRESSED;
  return target instanceof Element && target.matches(own);
}

function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey || isForControl(event)) return;
  const alive = aliveScopes();
  const typing = isTyping(event.target);
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i];
    if (!layer || !alive.includes(layer.scope)) continue;
    const binding = bindingFor(event, layer.scope);
    const handler = binding && layer.handlers()[actionOf(binding)];
    if (!binding || !handler || (typing && !binding.typing)) continue;
    if (handler(event) === false) continue;
    event.preventDefault();
    return;
  }
}

function actionOf(binding: Binding): Action {
  const found = KEY_MAP.find((entry) => entry.action === binding.action);
  if (!found) throw new Error(`no action ${binding.action}`);
  return found.action;
}

function push(layer: Layer): () => void {
  if (layers.length === 0) window.addEventListener("keydown", dispatch);
  layers.push(layer);
  return () => {
    layers.splice(layers.indexOf(layer), 1);
    if (layers.length === 0) window.removeEventListener("keydown", dispatch);
  };
}

/** Keys of a scope for as long as the component is mounted. Several components may serve one scope. */
export function useHotkeys(scope: Scope, handlers: Handlers, enabled = true): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => (enabled ? push({ scope, handlers: () => latest.current }) : undefined), [scope, enabled]);
}

/** Make a scope alive without keys of its own; a dialog does it to silence the page. */
export function useHotkeyScope(scope: Scope, enabled: boolean): void {
  useEffect(() => (enabled ? push({ scope, handlers: silent }) : undefined), [scope, enabled]);
}
