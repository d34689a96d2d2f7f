import { lanesOf, type Placed } from "../text/layout";

/** The lane of each region, so that those that overlap do not hide one another, and how many lanes there are. */
export interface Lanes {
  readonly of: ReadonlyMap<string, number>;
  readonly count: number;
}

/** Regions of one group have lanes of their own, group below group in the order in which they are first met. */
export function lanesBy(regions: readonly Placed[], groupOf: (label: string) => string): Lanes {
  const groups = new Map<string, Placed[]>();
  for (const region of regions) {
    const group = groupOf(region.label);
    groups.set(group, [...(groups.get(group) ?? []), region]);
  }
  const of = new Map<string, number>();
  let count = 0;
  for (const group of groups.values()) {
    const lanes = lanesOf(group);
    for (const [id, lane] of lanes) of.set(id, count + lane);
    count += 1 + Math.max(...lanes.values());
  }
  return { of, count };
}
