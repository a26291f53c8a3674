import type { LogPosition, LogStream } from "../log-line.ts";
import { secondsBefore } from "./seconds-before.ts";

/**
 * Between the streams the engine's order is not that of the times, by milliseconds; Podman cuts times to seconds. What is
 * older by this comes before.
 */
export const INVERSION_SECONDS = 2;

/** What is not known of a stream was none of the newest lines that are held. */
export function newestHeld(stream: LogStream, { newest, time }: LogPosition): string {
  return newest[stream] ?? secondsBefore(time, INVERSION_SECONDS);
}

/** The newest are kept by the time, so that this holds for a clock that was set back, too. */
export function isNewerThanHeld(time: string, { newest, time: last }: LogPosition): boolean {
  return time > last && time > (newest.stdout ?? "") && time > (newest.stderr ?? "");
}
