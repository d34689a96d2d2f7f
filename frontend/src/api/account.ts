import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { queryClient } from "./query";
import type { PageOf } from "./types";

export interface ApiToken {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  expires_at: string | null;
  last_used_at: string | null;
  created_at: string;
}

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => {
    const answer = await http.get<PageOf<ApiToken> | ApiToken[]>("tokens/", undefined, signal);
    return Array.isArray(answer) ? answer : answer.results;
  },
});

export interface TokenInput {
  name: string;
  expires_at: string | null;
  scopes?: string[];
}

/** A new token; its secret is in this answer and nowhere else. */
export async function createToken(input: TokenInput): Promise<string> {
  const token = await http.post<ApiToken & { secret?: string; token?: string }>("tokens/", input);
  await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
  return token.secret ?? token.token ?? "";
}

export async function revokeToken(id: string): Promise<void> {
  await http.delete(`tokens/${id}/`);
  await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
}

export function changePassword(old: string, next: string): Promise<unknown> {
  return http.post("auth/password", { old, new: next });
}
