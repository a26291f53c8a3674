/** A terminal has only one, which the engine tells as stdout. */
export type LogStream = "stdout" | "stderr";

/**
 * What the engine sends at once of a container's log: a line, or a piece of one, since it cuts lines at 16,384 bytes
 * (moby 20.10 … 29, daemon/logger/copier.go). All pieces of a line have the time of its first.
 */
export interface LogPiece {
  readonly stream: LogStream;
  /** As the engine told it, with nine digits of a second: "2026-11-21T05:00:00.123456789Z", 30 characters. Sorts as text. */
  readonly time: string;
  /** Without the newline. Valid until the next piece is asked for: a view of what was received. */
  readonly bytes: Buffer;
  /** A newline ended it. */
  readonly isEnded: boolean;
}

/** A line of a container, or a part of one that is longer than the bound: what files, levels and OTLP get. */
export interface LogLine {
  readonly stream: LogStream;
  readonly time: string;
  /** As the program wrote it, byte for byte, without the newline (and, of a terminal, without the CR before it). */
  readonly bytes: Buffer;
  /** Further parts of the same line follow on the same stream. */
  readonly isPart: boolean;
}

/**
 * Where something has arrived in a container's log: everything up to and with the `count`-th line (or part) of that time
 * and stream, in the engine's order, is held. Lines of one time and stream are told apart by nothing else.
 */
export interface LogPosition {
  readonly time: string;
  readonly stream: LogStream;
  readonly count: number;
  /** The newest time held of each stream: between streams the engine's order is not that of the times. */
  readonly newest: { readonly [Stream in LogStream]?: string | undefined };
}
