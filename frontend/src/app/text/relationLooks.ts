import type { RelationType } from "@/annotator/text/relations";
import { CLASS_COLORS } from "@/ui/classColors";
import type { RelationLook } from "./RelationLines";

const UNKNOWN = "#868E96";

/** How relation types are called in a language and painted: one without a color of its own by its place. */
export function relationLooks(
  types: readonly RelationType[],
  language: string,
): ReadonlyMap<string, RelationLook> {
  return new Map(
    types.map((one, at) => [
      one.id,
      {
        name: language === "zh-Hans" && one.name_zh ? one.name_zh : one.name,
        color: one.color || (CLASS_COLORS[at % CLASS_COLORS.length] ?? UNKNOWN),
      },
    ]),
  );
}
