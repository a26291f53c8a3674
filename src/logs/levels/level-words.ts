import type { Level } from "./level.ts";
import { createWordTable } from "./word-table.ts";

export interface LevelWord {
  readonly level: Level;
  /** Too common in texts to count wherever it stands in capitals: it must stand where a level does. */
  readonly isWeak: boolean;
}

/**
 * How programs spell a level, in any case. The three-letter ones are zerolog's and Serilog's, the four-letter ones .NET's
 * console's, logrus' and Grafana's; fine and severe are java.util.logging's, note and system MySQL's, silly winston's, dpanic zap's.
 */
const STRONG: Readonly<Record<Level, string>> = {
  trace: "trace trc trce trac finest vrb trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8",
  debug: "debug dbg dbug debu verbose finer debug1 debug2 debug3 debug4 debug5",
  info: "info inf information informational notice",
  warning: "warn warning wrn",
  error: "error err erro eror severe",
  critical: "critical crit fatal fata ftl panic pani pnc dpanic emerg emergency alert",
  unknown: "",
};

const WEAK: Readonly<Record<Level, string>> = {
  trace: "silly",
  debug: "fine config verb",
  info: "log note system success",
  warning: "deprecated",
  error: "fail parse",
  critical: "",
  // PostgreSQL's further lines of a message: what follows is data, and tells nothing (errfinish, elog.c, 9.6 … 18).
  unknown: "statement detail hint context query location",
};

export const LEVEL_WORDS = createWordTable({ ...entries(STRONG, false), ...entries(WEAK, true) });

/** Of glog, klog, Ruby, MongoDB, capnslog, Jupyter and others; undefined for other letters. */
export function levelOfLetter(letter: number): Level | undefined {
  return LETTERS[String.fromCharCode(letter)];
}

const LETTERS: Readonly<Record<string, Level>> = {
  T: "trace",
  V: "debug",
  D: "debug",
  I: "info",
  N: "info",
  W: "warning",
  E: "error",
  C: "critical",
  F: "critical",
};

/** RFC 5424, 6.2.1: emergency, alert, critical, error, warning, notice, informational, debug. */
export function levelOfSyslogSeverity(severity: number): Level {
  return SYSLOG[severity] ?? "unknown";
}

const SYSLOG: readonly Level[] = ["critical", "critical", "critical", "error", "warning", "info", "info", "debug"];

function entries(table: Readonly<Record<Level, string>>, isWeak: boolean): Record<string, LevelWord> {
  const found: Record<string, LevelWord> = {};
  for (const [level, words] of Object.entries(table)) {
    for (const word of words.split(" ").filter(Boolean)) found[word] = { level: level as Level, isWeak };
  }
  return found;
}
