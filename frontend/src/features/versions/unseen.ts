import type { DatasetVersion, VersionClass } from "@/api/versions";
import { classText } from "@/app/classWords";

const NAMES_SHOWN = 6;

/** Classes that the version has samples of, none of them in training. */
export function unseenIn({ classes }: Pick<DatasetVersion, "classes">): VersionClass[] {
  return classes.filter(({ train = 0, val = 0, test = 0 }) => train === 0 && val + test > 0);
}

/** Their names, the first of them where they are many. */
export function classesText(classes: readonly { id: string; name: string; name_zh?: string }[]): string {
  const names = classes.slice(0, NAMES_SHOWN).map(classText).join(", ");
  return classes.length > NAMES_SHOWN ? `${names} …` : names;
}
