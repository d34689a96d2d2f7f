import type { Me, Permission } from "@/api/types";

/** What some pages of a project ask for, the longest address first; all others are for those who may look at it. */
const NEEDS: readonly (readonly [path: string, needs: Permission])[] = [
  ["tasks/new", "curate_project"],
  ["versions/new", "curate_project"],
  ["versions/merge", "curate_project"],
  ["tasks", "access_project"],
  ["annotate", "access_project"],
  ["review", "access_project"],
  ["conflicts", "review_project"],
  ["agreement", "review_project"],
  ["", "access_project"],
];

/** The right that a page asks for, by its address behind the project's: `data/import`. */
export function needOf(path: string): Permission {
  const found = NEEDS.find(([start]) => path === start || (start !== "" && path.startsWith(`${start}/`)));
  return found?.[1] ?? "view_project";
}

/**
 * Whether the page is known to be closed to me. Lists of what I may not see come back empty, and an empty page
 * would say untrue things. Of a project that I am no member of only the server can tell whether it exists.
 */
export function isClosed(me: Me | undefined, project: string, path: string): boolean {
  if (!me || me.is_admin) return false;
  const mine = me.memberships.find((one) => one.project === project);
  return mine !== undefined && !mine.permissions.includes(needOf(path));
}
