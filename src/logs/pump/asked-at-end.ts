import type { LogReply } from "../../engine/engine.ts";
import type { OpenedEnd } from "../follow/follow-end.ts";
import { letGo } from "../follow/let-go.ts";
import type { LogPosition } from "../log-line.ts";

export interface AskedAtEndParts {
  /** Asks for so much of the end of what a container's log holds. */
  readonly openEnd: (containerId: string, tail: OpenedEnd["tail"], signal: AbortSignal) => Promise<LogReply>;
  readonly signal: AbortSignal;
}

/** The end of a container's log, asked for as it died, since the engine may remove it in a moment. */
export interface AskedAtEnd {
  /** It is read from there on. */
  begin(position: LogPosition | undefined): void;
  told(lines: number): void;
  ask(containerId: string): void;
  /** Once, for whoever reads it. */
  take(): OpenedEnd | undefined;
  /** Nobody reads it any more. */
  letGo(): void;
}

/** Of a log that is about to be removed so much of its end is asked for: its follow is not further behind. */
const END_LINES = 64_000;
/** Of one that told less, all was told (20.10.24: 200 of ten lines). */
const MANY_LINES = 1_000;

export function createAskedAtEnd(parts: AskedAtEndParts): AskedAtEnd {
  return new EndOfLog(parts);
}

/** A class: there are thousands, and each function of a factory is 64 bytes (V8 13.6). */
class EndOfLog implements AskedAtEnd {
  readonly #parts: AskedAtEndParts;
  #isFromStart = true;
  #toldLines = 0;
  #asked: Omit<OpenedEnd, "hasToldMuch"> | undefined;

  constructor(parts: AskedAtEndParts) {
    this.#parts = parts;
  }

  begin(position: LogPosition | undefined): void {
    this.#isFromStart = position === undefined;
    this.#toldLines = 0;
  }

  told(lines: number): void {
    this.#toldLines += lines;
  }

  ask(containerId: string): void {
    const { openEnd, signal } = this.#parts;
    if (this.#asked || signal.aborted) return;
    // Where it was read from its beginning on, all of it is not much more than what was told of it.
    const tail = this.#isFromStart && this.#toldLines < END_LINES ? "all" : END_LINES;
    const reply = openEnd(containerId, tail, signal);
    // Whoever reads it hears of it; until then nobody does.
    reply.catch(() => undefined);
    this.#asked = { reply, tail };
  }

  take(): OpenedEnd | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    // Of what it told when it died much may have come only since.
    return asked && { ...asked, hasToldMuch: this.#toldLines >= MANY_LINES };
  }

  letGo(): void {
    letGo(this.take()?.reply);
  }
}
