import type { LogStream } from "../../../logs/log-line.ts";
import type { EngineProfile } from "../profile.ts";
import { type CopiedPiece, type Copier, type Cutting, createCopier, DOCKER_CUTTING, PODMAN_CUTTING } from "./copier.ts";
import { bytesOfSize, createLogFiles, type LogFiles } from "./log-files.ts";
import { asJsonFileKeepsIt } from "./stored-bytes.ts";

export interface LogEntry extends CopiedPiece {
  readonly stream: LogStream;
}

/** What the engine holds of a container's log, over all of its runs, until the container is removed. */
export interface ContainerLog {
  readonly driver: string;
  /** Else the engine has nothing to give of it. */
  readonly isReadable: boolean;
  /** A run of the container writes to it. */
  readonly isOpen: boolean;
  /** The oldest entry that is still there, and the one after the newest: entries have the numbers 0, 1, 2, …. */
  readonly first: number;
  readonly next: number;
  /** One that was removed is there as long as a reader has its file open. */
  entry(index: number): LogEntry;
  readonly files: Pick<LogFiles, "fileOf" | "currentStart">;
  /** Entries that a follow did not tell, since the driver rotated before it came to them. */
  readonly passedOver: number;
  passOver(entries: number): void;
  print(print: Print): void;
  open(): void;
  close(): void;
  /** The clock was set: the next time may lie before the last. */
  clockWasSet(): void;
  subscribe(reader: LogReader): () => void;
}

/** What a container writes at once; a newline ends a line. */
export interface Print {
  readonly stream?: LogStream;
  readonly bytes: Buffer | string;
  /** When the engine reads it, nanoseconds since the epoch, for all of its lines and an unended rest; absent: by its clock, no two alike. */
  readonly atNs?: bigint;
}

export interface LogReader {
  added(): void;
  /** The run ended; what is there is all that a follow of it gets. */
  closed(): void;
  /** The oldest entry of the files that it has open. */
  readonly heldFrom: number;
}

export interface ContainerLogOptions {
  readonly driver: string;
  /** `--log-opt`: max-size and max-file. */
  readonly options: Readonly<Record<string, string>>;
  readonly tty: boolean;
  readonly flavour: EngineProfile["flavour"];
  readonly clock: () => number;
}

const READABLE = ["json-file", "local", "journald", "k8s-file"];
/** daemon/logger/local/config.go */
const LOCAL_DEFAULTS = { "max-size": "20m", "max-file": "5" };

export function createContainerLog({ driver, options, tty, flavour, clock }: ContainerLogOptions): ContainerLog {
  const { "max-size": maxSize, "max-file": maxFiles } = { ...(driver === "local" ? LOCAL_DEFAULTS : {}), ...options };
  const files = createLogFiles({
    maxSizeBytes: maxSize === undefined ? undefined : bytesOfSize(maxSize),
    maxFiles: Number(maxFiles ?? 1),
  });
  const cutting = flavour === "podman" ? PODMAN_CUTTING : DOCKER_CUTTING;
  const nextNs = createLogTimes(clock);
  const keepsText = driver === "json-file" && flavour === "docker";
  const entries: LogEntry[] = [];
  const readers = new Set<LogReader>();
  let copiers = newCopiers(cutting);
  let lastGivenNs: bigint | undefined;
  let first = 0;
  /** Of the oldest entry that is kept for a reader, though it was removed. */
  let heldFirst = 0;
  let isOpen = false;
  let passedOver = 0;

  function add(stream: LogStream, pieces: readonly CopiedPiece[]) {
    for (const piece of pieces) {
      const entry = { ...piece, stream, bytes: keepsText ? asJsonFileKeepsIt(piece.bytes) : piece.bytes };
      const dropped = files.add(entry.bytes.length + ENTRY_OVERHEAD_BYTES);
      first += dropped;
      entries.push(entry);
      if (dropped > 0) letGo();
    }
    if (pieces.length > 0) for (const reader of [...readers]) reader.added();
  }

  function letGo() {
    const from = Math.min(first, ...[...readers].map((reader) => reader.heldFrom));
    entries.splice(0, from - heldFirst);
    heldFirst = Math.max(heldFirst, from);
  }

  return {
    driver,
    files,
    isReadable: READABLE.includes(driver),
    get isOpen() {
      return isOpen;
    },
    get first() {
      return first;
    },
    get next() {
      return heldFirst + entries.length;
    },
    get passedOver() {
      return passedOver;
    },
    passOver(entries) {
      passedOver += entries;
    },
    entry(index) {
      const entry = entries[index - heldFirst];
      if (!entry) throw new Error(`No entry ${index} is in the log`);
      return entry;
    },
    print({ stream = "stdout", bytes, atNs }) {
      if (!isOpen) throw new Error("A container that does not run prints nothing");
      // A terminal is one stream, and ends its lines by CRLF.
      const written = tty
        ? Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll("\n", "\r\n"), "latin1")
        : bytes;
      const into = tty ? "stdout" : stream;
      lastGivenNs = atNs;
      for (const line of linesOf(Buffer.from(written))) add(into, copiers[into].read(line, atNs ?? nextNs.take()));
    },
    open() {
      copiers = newCopiers(cutting);
      isOpen = true;
    },
    close() {
      for (const stream of ["stdout", "stderr"] as const) {
        add(stream, copiers[stream].end(lastGivenNs ?? nextNs.take()));
      }
      isOpen = false;
      for (const reader of [...readers]) reader.closed();
    },
    clockWasSet: nextNs.clockWasSet,
    subscribe(reader) {
      readers.add(reader);
      return () => readers.delete(reader);
    },
  };
}

function newCopiers(cutting: Cutting): Record<LogStream, Copier> {
  return { stdout: createCopier(cutting), stderr: createCopier(cutting) };
}

/** What json-file writes beside the text: {"log":"…\n","stream":"stdout","time":"…"} */
const ENTRY_OVERHEAD_BYTES = 72;
const TICK_NS = 100n;

/** The times of lines: in 6,006 lines of a real engine no two were alike, nor went back. */
function createLogTimes(clock: () => number): { take(): bigint; clockWasSet(): void } {
  let lastNs = 0n;
  /** A time that comes again comes by another fraction, as it does where a clock counts nanoseconds. */
  let fractionNs = 0n;
  return {
    take() {
      const clockNs = BigInt(Math.round(clock() * 1000)) * 1000n + fractionNs;
      lastNs = clockNs > lastNs ? clockNs : lastNs + TICK_NS;
      return lastNs;
    },
    clockWasSet() {
      lastNs = 0n;
      fractionNs = (fractionNs + 3n) % TICK_NS;
    },
  };
}

/** Each with its newline, so that each has a time of its own. */
function* linesOf(bytes: Buffer): Generator<Buffer> {
  let at = 0;
  for (let newline = bytes.indexOf(0x0a); newline >= 0; newline = bytes.indexOf(0x0a, at)) {
    yield bytes.subarray(at, newline + 1);
    at = newline + 1;
  }
  if (at < bytes.length) yield bytes.subarray(at);
}
