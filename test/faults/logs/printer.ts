import type { SimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import type { LogStream } from "../../../src/logs/log-line.ts";
import { oneOf } from "../../support/seeded.ts";
import type { KeptLines } from "./kept-lines.ts";

/** A container that prints numbered lines, and what must be kept of it in the end. */
export interface Printer {
  readonly id: string;
  readonly name: string;
  readonly expected: KeptLines;
  /** The driver keeps only the newest lines. */
  readonly removesOld: boolean;
  /** A follow of its log did not tell all of it, since the driver rotated. */
  readonly wasPassedOver: boolean;
  printSome(count: number): void;
  /** A line on each stream. */
  printLast(): void;
  /** A line without an end for now; the next line goes on with it, or the end of the run leaves it so. */
  printUnended(): void;
  /** Its run ends or begins anew: what is without an end stays so. */
  endRun(how: "stop" | "restart" | "crash" | "remove"): void;
  startRun(): void;
}

export interface PrinterOptions {
  readonly engine: SimulatedEngine;
  readonly name: string;
  readonly tty: boolean;
  readonly logDriver: string;
  /** The driver's own rotation. */
  readonly logOptions?: Readonly<Record<string, string>>;
  readonly random: () => number;
}

export function createPrinter(options: PrinterOptions): Printer {
  const { engine, name, tty, logDriver, logOptions = {}, random } = options;
  const { containers } = engine;
  const id = containers.run({ name, tty, logDriver, logOptions });
  const { log } = containers.get(id);
  const expected: KeptLines = { stdout: [], stderr: [] };
  const begun = { stdout: "", stderr: "" };
  const isPodman = engine.profile.flavour === "podman";
  let number = 0;

  function print(stream: LogStream, text: string, atNs?: bigint) {
    containers.print(id, { stream, bytes: Buffer.from(text, "latin1"), ...(atNs !== undefined && { atNs }) });
  }

  function printLine(stream: LogStream, text: string, atNs?: bigint) {
    expected[stream].push(begun[stream] + text);
    begun[stream] = "";
    print(stream, `${text}\n`, atNs);
  }

  const streams: readonly LogStream[] = tty ? ["stdout"] : ["stdout", "stdout", "stderr"];
  const isCut = Number(logOptions["max-file"] ?? Number.POSITIVE_INFINITY) < 10;
  const keepsBytes = logDriver !== "json-file";
  // On Podman the time between two pieces of a terminal's line can't be told from what the program wrote.
  const isInOnePiece = isPodman && tty;
  return {
    id,
    name,
    expected,
    get removesOld() {
      return log.first > 0;
    },
    get wasPassedOver() {
      return log.passedOver > 0;
    },
    printSome(count) {
      // Of a batch of one time, of which the driver has removed a part, no count tells what is held.
      const sameNs = random() < 0.15 && !isCut ? nextNs() : undefined;
      for (let i = 0; i < count; i++) {
        const text = random() < 0.05 ? "" : `${name} ${number++} ${filling(random, { keepsBytes, isInOnePiece })}`;
        printLine(oneOf(streams, random), text, sameNs);
      }
    },
    printLast() {
      for (const stream of new Set(streams)) printLine(stream, `last ${number++}`);
    },
    printUnended() {
      if (isInOnePiece) return;
      const stream = oneOf(streams, random);
      const text = `unended ${number++} ${filling(random, { keepsBytes, isInOnePiece })}`;
      begun[stream] += text;
      print(stream, text);
    },
    endRun(how) {
      for (const stream of ["stdout", "stderr"] as const) {
        // Podman tells what has no end and what the next run begins with as one line.
        if (begun[stream] !== "" && isPodman) printLine(stream, "");
        else if (begun[stream] !== "") expected[stream].push(begun[stream]);
        begun[stream] = "";
      }
      containers[how](id);
    },
    startRun() {
      containers.start(id);
    },
  };

  /** After all that was printed, as the times of a stream are. */
  function nextNs(): bigint {
    const nowNs = BigInt(Math.floor(engine.nowMs())) * 1_000_000n;
    const lastNs = log.next > log.first ? log.entry(log.next - 1).atNs : 0n;
    return (nowNs > lastNs ? nowNs : lastNs) + 1n;
  }
}

/** Mostly short, now and then longer than the engine's pieces, or bytes that are no text. */
function filling(
  random: () => number,
  { keepsBytes, isInOnePiece }: { keepsBytes: boolean; isInOnePiece: boolean },
): string {
  const kind = random();
  if (kind < 0.02 && !isInOnePiece) return LONG.repeat(Math.floor(10_000 + random() * 60_000));
  if (kind > 0.1) return "y".repeat(Math.floor(random() ** 3 * 200));
  const limit = keepsBytes ? 256 : 32;
  const codes = Array.from({ length: 20 }, () => Math.floor(random() * limit));
  return `${String.fromCharCode(...codes.filter((code) => code !== 0x0a && code !== 0x0d))}.`;
}

const LONG = "x";

/** Also one of which some lack. */
export function mayBeInPieces(line: string): boolean {
  return line.includes(LONG.repeat(2));
}
