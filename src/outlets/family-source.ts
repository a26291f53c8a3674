import type { MetricFamily } from "../families/metric-family.ts";

/** What an outlet sends: the newest of everything, the families of some containers together in a group. */
export interface FamilySource {
  collect(): Promise<readonly (readonly MetricFamily[])[]>;
}
