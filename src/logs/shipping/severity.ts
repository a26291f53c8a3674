import type { Level } from "../levels/level.ts";
import type { Severity } from "./shipped-record.ts";

/** SeverityNumber of OpenTelemetry's data model of logs (specification 1.50), by our levels; the text is ours. */
const NUMBERS: Readonly<Record<Level, number | undefined>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warning: 13,
  error: 17,
  critical: 21,
  unknown: undefined,
};

/** Of a line that tells no level, none. */
export function severityOf(level: Level): Severity | undefined {
  const number = NUMBERS[level];
  return number === undefined ? undefined : { number, text: level };
}
