import { type Feature, type Key, lookup, useT } from "@/i18n";

export type Words<F extends Feature> = (key: Key<F>, params?: Record<string, string | number>) => string;

/** Where the words of a modality stand that differ from those of all, which speak of pictures. */
const OWN: Readonly<Record<string, (key: string) => string>> = {
  text: (key) => `text_${key}`,
  audio: (key) => `audio_${key}`,
  tabular: (key) => `rows_${key}`,
};

/** The key under which a modality may have words of its own. */
export function wordKey(modality: string, key: string): string {
  return OWN[modality]?.(key) ?? key;
}

/** The words for a modality: its own where there are some, else those of all. */
export function wordsOf<F extends Feature>(feature: F, modality: string): Words<F> {
  return (key, params = {}) =>
    lookup(feature, wordKey(modality, key), params) ?? lookup(feature, key, params) ?? key;
}

/** What a finding is called for a modality; the words of `data` have to be loaded. */
export function findingText(modality: string, code: string): string {
  const key = `finding_${code}`;
  return lookup("data", wordKey(modality, key)) ?? lookup("data", key) ?? code;
}

/** The same, and anew when the language changes. */
export function useWords<F extends Feature>(feature: F, modality: string): Words<F> {
  useT(feature);
  return wordsOf(feature, modality);
}
