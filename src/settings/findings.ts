/** Where a value came from. A source further left in `RANKS` wins. */
export interface Origin {
  readonly rank: Rank;
  /** The variable's or the file's name. */
  readonly name: string;
}

export const RANKS = [
  "variable",
  "containerspy variable",
  "replaced tool's variable",
  "file",
  "replaced tool's default",
  "otel signal variable",
  "ambient variable",
] as const;
export type Rank = (typeof RANKS)[number];

/** A value as its source wrote it, for the setting of this path. */
export interface Given {
  readonly path: string;
  readonly value: unknown;
  readonly origin: Origin;
  /** What this source calls for, where that is not what the setting itself expects. */
  readonly expected?: string;
}

/** What a source holds. */
export interface Findings {
  readonly given: Given[];
  readonly problems: string[];
  readonly notes: string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function noFindings(): Findings {
  return { given: [], problems: [], notes: [] };
}

/**
 * Variables that were written for other programs too (the Docker client, OpenTelemetry's SDKs): what does not fit there is
 * said and left aside, as OpenTelemetry's specification asks, rather than refused.
 */
export function isAmbient({ rank }: Origin): boolean {
  return rank === "otel signal variable" || rank === "ambient variable";
}

export function byRank(a: Given, b: Given): number {
  return RANKS.indexOf(a.origin.rank) - RANKS.indexOf(b.origin.rank);
}
