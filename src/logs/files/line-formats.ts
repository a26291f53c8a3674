import type { LogLine, LogStream } from "../log-line.ts";

export type LogFormat = "cri" | "json" | "raw";

export interface LineFormat {
  /** The most bytes that the line may take. */
  maxBytesOf(line: LogLine): number;
  /** Writes the line with its newline into `target`, from `at`, and tells where it ends. There must be room for `maxBytesOf`. */
  encode(line: LogLine, target: Buffer, at: number): number;
}

/** Of which container's line a record is, as it can be read back from the file. */
export interface RecordKey {
  readonly time: string;
  readonly stream: LogStream;
}

export const LINE_FORMATS: Readonly<Record<LogFormat, LineFormat>> = {
  /** `<time> stdout F|P <line>`: CRI's form (kubelet 1.31, pkg/kubelet/kuberuntime/logs). Any byte but the newline may be in it. */
  cri: {
    maxBytesOf: ({ time, bytes }) => time.length + CRI_TAG_BYTES + bytes.length + 1,
    encode({ time, stream, isPart, bytes }, target, at) {
      // Apart from the time, which V8 would first have to join with it.
      const tagAt = at + target.write(time, at, "latin1");
      target.set(CRI_TAGS[stream][isPart ? "P" : "F"], tagAt);
      const head = tagAt + CRI_TAG_BYTES;
      target.set(bytes, head);
      target[head + bytes.length] = NEWLINE;
      return head + bytes.length + 1;
    },
  },
  /**
   * Docker's json-file form (moby 28, daemon/logger/jsonfilelog/jsonlog): a part has no newline in its `log`. What is no
   * UTF-8 becomes U+FFFD, as there; so does a character that the bound on a line cut in two.
   */
  json: {
    maxBytesOf: ({ time, bytes }) => bytes.length * MAX_ESCAPED_BYTES + time.length + JSON_FRAME_BYTES,
    encode({ time, stream, isPart, bytes }, target, at) {
      let end = at + target.write('{"log":"', at, "latin1");
      if (isPlainText(bytes)) {
        target.set(bytes, end);
        end += bytes.length;
      } else {
        end += target.write(JSON.stringify(bytes.toString("utf8")).slice(1, -1), end);
      }
      const tail = `${isPart ? "" : "\\n"}","stream":"${stream}","time":"${time}"}\n`;
      return end + target.write(tail, end, "latin1");
    },
  },
  /** The bytes alone. A part of a long line is a line of its own, since one of the other stream may come in between. */
  raw: {
    maxBytesOf: ({ bytes }) => bytes.length + 1,
    encode({ bytes }, target, at) {
      target.set(bytes, at);
      target[at + bytes.length] = NEWLINE;
      return at + bytes.length + 1;
    },
  },
};

export const NEWLINE = 10;

/** What a line of `cri` or `json` tells of itself; undefined for anything else. Read from its two ends alone. */
export function recordKey(line: Buffer): RecordKey | undefined {
  const match =
    line[0] === OPENING_BRACE
      ? JSON_TAIL.exec(line.toString("latin1", Math.max(0, line.length - KEY_BYTES)))
      : CRI_HEAD.exec(line.toString("latin1", 0, KEY_BYTES));
  return match?.groups as { time: string; stream: LogStream } | undefined;
}

const CRI_TAGS = {
  stdout: { F: Buffer.from(" stdout F "), P: Buffer.from(" stdout P ") },
  stderr: { F: Buffer.from(" stderr F "), P: Buffer.from(" stderr P ") },
};
const CRI_TAG_BYTES = CRI_TAGS.stdout.F.length;
const JSON_FRAME_BYTES = '{"log":"\\n","stream":"stdout","time":""}\n'.length;
/** "\u0000" for one byte. */
const MAX_ESCAPED_BYTES = 6;
/** Both ends fit: a time has 30 bytes, the words around it less than 50. */
const KEY_BYTES = 96;
const OPENING_BRACE = 123;
const CRI_HEAD = /^(?<time>\d{4}-\d\d-\d\dT\S{1,40}) (?<stream>stdout|stderr) [FP] /;
/** A quote in a line is written with a backslash before it, so that no line can look like this end. */
const JSON_TAIL = /"stream":"(?<stream>stdout|stderr)","time":"(?<time>[^"]{1,40})"\}$/;

/** Nothing to escape, and ASCII. */
function isPlainText(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte < 32 || byte > 126 || byte === 34 || byte === 92) return false;
  }
  return true;
}
