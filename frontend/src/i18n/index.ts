import i18next from "i18next";
import { useSyncExternalStore } from "react";
import type { Feature, Key, Translate } from "./strings";

export type { Feature, Key, Translate, Translation } from "./strings";
export type Language = "en" | "zh-Hans";

type Pack = { default: Readonly<Record<string, string>> };
const PACKS = import.meta.glob<Pack>(["./en/*.ts", "./zh/*.ts"]);
const FOLDER: Record<Language, string> = { en: "en", "zh-Hans": "zh" };

const wanted = new Set<Feature>();
const listeners = new Set<() => void>();
type AnyTranslate = (key: string, params?: Record<string, string | number>) => string;
const translators = new Map<string, AnyTranslate>();
let current: Language = "en";
let ready: Promise<unknown> | null = null;

const nothing = () => undefined;

/** One is dear to make; a page writes hundreds of numbers. */
const numberFormats = new Map<string | undefined, Intl.NumberFormat>();

function numbersOf(lng: string | undefined): Intl.NumberFormat {
  const made = numberFormats.get(lng) ?? new Intl.NumberFormat(lng);
  numberFormats.set(lng, made);
  return made;
}

/** Numbers inside texts are written as the language writes them: `1,240 pictures`. */
const figures = {
  type: "formatter",
  init: nothing,
  add: nothing,
  addCached: nothing,
  format: (value: unknown, _format: string | undefined, lng: string | undefined) =>
    typeof value === "number" ? numbersOf(lng).format(value) : String(value),
} as const;

function start(): Promise<unknown> {
  ready ??= i18next.use(figures).init({
    lng: current,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false, alwaysFormat: true },
    resources: {},
  });
  return ready;
}

async function loadPack(language: Language, feature: Feature): Promise<void> {
  if (i18next.hasResourceBundle(language, feature)) return;
  const load = PACKS[`./${FOLDER[language]}/${feature}.ts`];
  if (!load) throw new Error(`no strings for ${feature}`);
  const pack = await load();
  i18next.addResourceBundle(language, feature, pack.default);
  translators.delete(feature);
}

/** Fetch the words of these features in the current language. A route does this before it is shown. */
export async function loadStrings(features: readonly Feature[]): Promise<void> {
  await start();
  for (const feature of features) wanted.add(feature);
  await Promise.all(features.map((feature) => loadPack(current, feature)));
}

/** Change the language of everything on the page, words first, so that no key is ever seen. */
export async function setLanguage(language: Language): Promise<void> {
  await start();
  await Promise.all([...wanted].map((feature) => loadPack(language, feature)));
  await i18next.changeLanguage(language);
  current = language;
  document.documentElement.lang = language;
  translators.clear();
  for (const notify of listeners) notify();
}

/** The language the page is in. */
export function language(): Language {
  return current;
}

/** A translator outside React. */
export function translator<F extends Feature>(feature: F): Translate<F> {
  const cached = translators.get(feature);
  if (cached) return cached;
  const plain = new Map<string, string>();
  const made: AnyTranslate = (key, params) => {
    if (params) return i18next.t(key, { ns: feature, ...params });
    const words = plain.get(key) ?? i18next.t(key, { ns: feature });
    plain.set(key, words);
    return words;
  };
  translators.set(feature, made);
  return made;
}

/** The words for a key only known at run time (an error code of the server); undefined when there are none. */
export function lookup<F extends Feature>(
  feature: F,
  key: string,
  params: Record<string, unknown> = {},
): string | undefined {
  return i18next.exists(key, { ns: feature, ...params })
    ? i18next.t(key, { ns: feature, ...params })
    : undefined;
}

/** Whether this run-time string is a key of the feature. */
export function isKey<F extends Feature>(feature: F, key: string): key is Key<F> {
  return i18next.exists(key, { ns: feature });
}

function subscribe(notify: () => void): () => void {
  listeners.add(notify);
  return () => listeners.delete(notify);
}

/** The feature's words in the current language; re-renders when the language changes. */
export function useT<F extends Feature>(feature: F): Translate<F> {
  useSyncExternalStore(subscribe, language);
  return translator(feature);
}

/** The current language, live. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}
