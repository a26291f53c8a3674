/** An executable that writes metrics into the file that METRICS_FILE names. */
export interface Program {
  readonly name: string;
  readonly command: string;
  /** What it always gets; a client's arguments come after these. */
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Absent: the agent's own. */
  readonly workingFolder?: string | undefined;
  readonly timeLimitMs: number;
  /** Which arguments a client may pass; see `mayPass`. */
  readonly clientArguments: readonly string[];
  /** How often it runs by itself. */
  readonly intervalMs?: number | undefined;
}

/** No path, no hidden file, and nothing that has to be escaped anywhere. */
export const PROGRAM_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
