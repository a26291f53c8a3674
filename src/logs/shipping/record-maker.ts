import { isAtLeast, type Level } from "../levels/level.ts";
import type { LineLevel } from "../levels/level-reader.ts";
import type { LogLine, LogStream } from "../log-line.ts";
import type { LineGroup } from "./join-lines.ts";
import { severityOf } from "./severity.ts";
import type { UnfinishedLevels } from "./ship-position.ts";
import type { ShippedRecord } from "./shipped-record.ts";

export interface RecordMaker {
  /** Undefined: its level is below those that are wanted. To be asked in the lines' order. */
  recordOf(group: LineGroup, observedAtMs: number): ShippedRecord | undefined;
  unfinished(): UnfinishedLevels;
}

export interface RecordRules {
  readonly levelOf: LineLevel;
  readonly minLevel: Level;
}

/** A record has the level of its first line, and all parts of a line that of the first part. */
export function createRecordMaker({ levelOf, minLevel }: RecordRules, from: UnfinishedLevels = {}): RecordMaker {
  const began: { [Stream in LogStream]?: Level | undefined } = { ...from };
  return {
    recordOf(group, observedAtMs) {
      const first = group[0] as LogLine;
      const { stream, time, isPart } = first;
      const level = began[stream] ?? levelOf(first.bytes, stream);
      began[stream] = isPart ? level : undefined;
      if (!isAtLeast(level, minLevel)) return undefined;
      const body = group.length === 1 ? first.bytes : joined(group);
      return { time, observedAtMs, severity: severityOf(level), body, attributes: attributesOf(first) };
    },
    unfinished: () => ({ ...began }),
  };
}

/** Of `raw` neither time nor stream is known. */
function attributesOf({ stream, time, isPart }: LogLine): ShippedRecord["attributes"] {
  if (isPart) return PART_ATTRIBUTES[stream];
  return time === "" ? NO_ATTRIBUTES : WHOLE_ATTRIBUTES[stream];
}

const NO_ATTRIBUTES = {};
const WHOLE_ATTRIBUTES = { stdout: { "log.iostream": "stdout" }, stderr: { "log.iostream": "stderr" } };
/** The line is longer than `logs.maxLineSize`: its next part is a record of its own. */
const PART_ATTRIBUTES = {
  stdout: { ...WHOLE_ATTRIBUTES.stdout, "tallyman.line.continues": true },
  stderr: { ...WHOLE_ATTRIBUTES.stderr, "tallyman.line.continues": true },
};

const NEWLINE = Buffer.from("\n");

function joined(group: LineGroup): Buffer {
  const pieces = group.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [NEWLINE, bytes]));
  return Buffer.concat(pieces);
}
