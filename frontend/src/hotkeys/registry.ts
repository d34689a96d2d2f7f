import { type Binding, type Scope, TOGETHER } from "./map";

/** The key as one string: `Mod+Shift+KeyZ`. Numpad digits are digits. */
export function chordOf(key: Pick<Binding, "code" | "mod" | "shift">): string {
  const code = key.code.replace(/^Numpad(\d)$/, "Digit$1").replace("NumpadEnter", "Enter");
  return `${key.mod ? "Mod+" : ""}${key.shift ? "Shift+" : ""}${code}`;
}

/** The chord of a pressed key. Layout and input method do not matter: only where the key is. */
export function chordOfEvent(
  event: Pick<KeyboardEvent, "code" | "ctrlKey" | "metaKey" | "shiftKey">,
): string {
  return chordOf({ code: event.code, mod: event.ctrlKey || event.metaKey, shift: event.shiftKey });
}

/** Pairs of different actions that one key would mean at the same time. */
export function conflictsOf(map: readonly Binding[]): string[] {
  const found: string[] = [];
  for (const a of map) {
    for (const b of map) {
      const alive = a.scope === b.scope || TOGETHER[a.scope].includes(b.scope);
      const same = chordOf(a) === chordOf(b) && a.action !== b.action;
      if (alive && same) found.push(`${chordOf(a)}: ${a.scope}.${a.action} and ${b.scope}.${b.action}`);
    }
  }
  return found;
}

/** Chords a browser keeps for itself: binding one would never work. */
export const BROWSER_OWNED: readonly string[] = [
  "KeyT",
  "KeyN",
  "KeyW",
  "KeyL",
  "KeyR",
  "KeyP",
  "KeyD",
  "KeyJ",
  "KeyH",
].map((code) => `Mod+${code}`);

const NAMES: Readonly<Record<string, string>> = {
  Slash: "/",
  "Shift+Slash": "?",
  Equal: "+",
  Minus: "−",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
  Enter: "Enter",
  Tab: "Tab",
  Space: "Space",
  Comma: ",",
  Period: ".",
  "Shift+Comma": "<",
  "Shift+Period": ">",
  Semicolon: ";",
  Backslash: "\\",
  BracketLeft: "[",
  BracketRight: "]",
};

/** What is printed on the keys, one part per key: `["⌘", "K"]` or `["Ctrl", "K"]`. */
export function keycaps(key: Pick<Binding, "code" | "mod" | "shift">, mac = isMac()): string[] {
  const whole = NAMES[chordOf(key)];
  if (whole) return [whole];
  const name = NAMES[key.code] ?? key.code.replace(/^(Key|Digit)/, "");
  return [key.mod ? (mac ? "⌘" : "Ctrl") : "", key.shift ? (mac ? "⇧" : "Shift") : "", name].filter(
    (part) => part !== "",
  );
}

function isMac(): boolean {
  return typeof navigator !== "undefined" && /mac/i.test(navigator.userAgent);
}

/** Whether keys typed here are text, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement &&
    !["checkbox", "radio", "button", "range", "submit"].includes(target.type)
  );
}

export type { Scope };
