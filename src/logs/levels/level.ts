/** From the mildest to the worst, and last that of lines which tell none. */
export const LEVELS = ["trace", "debug", "info", "warning", "error", "critical", "unknown"] as const;

export type Level = (typeof LEVELS)[number];

/** A line that tells no level may be anything: for whoever asks for the bad ones only, it counts as info. */
export function isAtLeast(level: Level, least: Level): boolean {
  return rankOf(level) >= rankOf(least);
}

function rankOf(level: Level): number {
  return LEVELS.indexOf(level === "unknown" ? "info" : level);
}
