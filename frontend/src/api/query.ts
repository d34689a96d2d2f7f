import { infiniteQueryOptions, QueryClient } from "@tanstack/react-query";
import { asAppError } from "./errors";
import { http, type Query } from "./http";
import type { ApiPath } from "./paths";
import type { PageOf } from "./types";

/** One cache for the app: fresh for ten seconds, transient failures tried twice more. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && asAppError(error).isTransient,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
});

function cursorOf(next: string | null): string | undefined {
  return next ? (new URL(next, location.origin).searchParams.get("cursor") ?? undefined) : undefined;
}

/** A keyset list, page after page: `useInfiniteQuery(pagesOf<Run>(["runs", project], "runs/", { project }))`. */
export function pagesOf<T>(key: readonly unknown[], path: ApiPath<"get">, query: Query = {}) {
  return infiniteQueryOptions({
    queryKey: [...key, query],
    queryFn: ({ pageParam, signal }) =>
      http.get<PageOf<T>>(path, { ...query, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: "",
    getNextPageParam: (page: PageOf<T>) => cursorOf(page.next),
  });
}

/** The rows of all pages fetched so far. */
export function rowsOf<T>(pages: { pages: readonly PageOf<T>[] } | undefined): T[] | undefined {
  return pages?.pages.flatMap((page) => page.results);
}
