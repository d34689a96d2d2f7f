import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { queryClient } from "./query";
import type { Me, Permission } from "./types";

export const meQuery = queryOptions({
  queryKey: ["me"],
  // Without the signal: a page that leaves must not cancel what the next one waits for.
  queryFn: () => http.get<Me>("auth/me"),
  staleTime: 60_000,
});

/** Sets the CSRF cookie; says whether somebody is signed in. */
export function readSession(): Promise<{ authenticated: boolean }> {
  return http.get("auth/session");
}

export async function signIn(username: string, password: string): Promise<void> {
  await readSession();
  await http.post("auth/login", { username, password });
  await becomeSomebody();
}

/** Forget what the person before could see; the spent invitation is not asked for again. */
async function becomeSomebody(): Promise<void> {
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "invitation" });
  await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
}

export async function signOut(): Promise<void> {
  await http.post("auth/logout");
  queryClient.clear();
}

export async function changeMe(
  changes: Partial<Pick<Me, "display_name" | "language" | "theme" | "preferences">>,
): Promise<Me> {
  const me = await http.patch<Me>("auth/me", changes);
  queryClient.setQueryData(meQuery.queryKey, me);
  return me;
}

export interface Invitation {
  username: string;
  project_name: string;
  role: string;
  display_name?: string;
}

export const invitationQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: () => http.get<Invitation>(`auth/invitations/${token}`),
    retry: false,
  });

export async function acceptInvitation(token: string, password: string): Promise<void> {
  await readSession();
  await http.post(`auth/invitations/${token}`, { password });
  await becomeSomebody();
}

/** Whether I may make projects. */
export function mayCreateProjects(me: Me | undefined): boolean {
  return me ? me.is_admin || me.may_create_projects === true : false;
}

/** Whether I may do this in this project. Administrators may do everything. */
export function may(me: Me | undefined, project: string, permission: Permission): boolean {
  if (!me) return false;
  if (me.is_admin) return true;
  return me.memberships.some((one) => one.project === project && one.permissions.includes(permission));
}
