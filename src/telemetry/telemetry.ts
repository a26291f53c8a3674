import type { Log } from "./log.ts";
import type { Tally } from "./tally.ts";

/** What a room needs to say what happened: each happening is one function in `events/`, a log line beside its counter. */
export interface Telemetry {
  readonly log: Log;
  readonly tally: Tally;
}
