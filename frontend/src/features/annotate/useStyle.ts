import { useMemo } from "react";
import type { Style } from "@/annotator/paint";
import type { RelationType } from "@/annotator/text/relations";
import type { LabelClass } from "@/api/types";
import { useScheme } from "@/app/look";
import { relationLooks } from "@/app/text/relationLooks";
import { useLanguage } from "@/i18n";

const HUES = 12;
const UNKNOWN = "#868E96";
/** The same each time. */
export const NO_RELATIONS: readonly RelationType[] = [];

/** A class's name in the page's language. */
export function classNameOf(one: LabelClass | undefined, language: string): string {
  if (!one) return "?";
  return language === "zh-Hans" && one.name_zh ? one.name_zh : one.name;
}

/** How the canvas paints the classes of a data set in this theme and language. */
export function useStyle(
  classes: readonly LabelClass[],
  withFill: boolean,
  relations: readonly RelationType[] = NO_RELATIONS,
): Style {
  const scheme = useScheme();
  const language = useLanguage();
  return useMemo(() => {
    const byId = new Map(classes.map((one) => [one.id, one]));
    const types = relationLooks(relations, language);
    return {
      stage: scheme === "dark" ? "#0a0b0e" : "#e9ecf1",
      colorOf: (label: string) => byId.get(label)?.color ?? UNKNOWN,
      isKnown: (label: string) => byId.has(label),
      nameOf: (label: string) => classNameOf(byId.get(label), language),
      isDashed: (label: string) => (byId.get(label)?.index ?? 0) >= HUES,
      withFill,
      linesOf: (label: string) => byId.get(label)?.skeleton?.lines ?? [],
      jointsOf: (label: string) => byId.get(label)?.skeleton?.points ?? [],
      askedOf: (label: string) => byId.get(label)?.attributes ?? [],
      relationOf: (type: string) => types.get(type),
    };
  }, [classes, relations, scheme, language, withFill]);
}
