import type { Role } from "@/api/types";
import { translator } from "@/i18n";

export const ROLES = [
  "annotator",
  "viewer",
  "reviewer",
  "modeler",
  "manager",
] as const satisfies readonly Role[];

/** A role in words; without one, an administrator is looking. */
export function roleText(role: Role | null): string {
  const t = translator("projects");
  return role ? t(`role_${role}`) : t("role_admin");
}
