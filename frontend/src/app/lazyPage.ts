import { lazyRouteComponent } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { type Feature, loadStrings } from "@/i18n";

/**
 * A page in its own chunk, fetched together with the words it speaks:
 * `component: lazyPage(["runs"], () => import("@/features/training/RunsPage"), "RunsPage")`.
 */
export function lazyPage<N extends string>(
  strings: readonly Feature[],
  load: () => Promise<Record<N, ComponentType>>,
  name: N,
) {
  return lazyRouteComponent(async () => {
    const [page] = await Promise.all([load(), loadStrings(strings)]);
    return page;
  }, name);
}
