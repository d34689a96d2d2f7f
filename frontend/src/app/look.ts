import { useSyncExternalStore } from "react";
import { type Language, setLanguage } from "@/i18n";

export type Theme = "system" | "light" | "dark";
export type Density = "compact" | "standard" | "roomy";

export interface Look {
  theme: Theme;
  density: Density;
  language: Language;
}

/** Also read by `public/theme.js` before the first paint. */
const STORE_KEY = "studio.look";
const THEMES: readonly string[] = ["system", "light", "dark"] satisfies Theme[];
const DENSITIES: readonly string[] = ["compact", "standard", "roomy"] satisfies Density[];

const isTheme = (value: unknown): value is Theme => typeof value === "string" && THEMES.includes(value);
const isDensity = (value: unknown): value is Density =>
  typeof value === "string" && DENSITIES.includes(value);

function read(): Look {
  let saved: Record<string, unknown> = {};
  try {
    saved = JSON.parse(localStorage.getItem(STORE_KEY) ?? "{}");
  } catch {
    saved = {};
  }
  const spoken: Language = document.documentElement.lang.startsWith("zh") ? "zh-Hans" : "en";
  return {
    theme: isTheme(saved.theme) ? saved.theme : "system",
    density: isDensity(saved.density) ? saved.density : "standard",
    language: saved.language === "en" || saved.language === "zh-Hans" ? saved.language : spoken,
  };
}

let look: Look = read();
const listeners = new Set<() => void>();
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
systemDark.addEventListener("change", () => apply());

function apply(): void {
  document.documentElement.dataset.mantineColorScheme = schemeOf(look);
  document.documentElement.dataset.density = look.density;
  for (const notify of listeners) notify();
}

/** Light or dark, the system's wish resolved. */
export function schemeOf({ theme }: Look): "light" | "dark" {
  if (theme === "system") return systemDark.matches ? "dark" : "light";
  return theme;
}

/** Change how the app looks, here and for the next visit. */
export async function changeLook(changes: Partial<Look>): Promise<void> {
  look = { ...look, ...changes };
  localStorage.setItem(STORE_KEY, JSON.stringify(look));
  if (changes.language) await setLanguage(changes.language);
  apply();
}

/** The look now, outside React. */
export function currentLook(): Look {
  return look;
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

let scheme = schemeOf(look);

/** The resolved scheme, live. */
export function useScheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, () => {
    scheme = schemeOf(look);
    return scheme;
  });
}

/** The look, live. */
export function useLook(): Look {
  return useSyncExternalStore(subscribe, currentLook);
}
