import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { LogBody } from "./engine.ts";
import type { Intake, IntakeSource } from "./intake.ts";
import type { Undertaking } from "./modem.ts";
import { ReplyDecoder } from "./reply-decoder.ts";

/** As `net.Socket` takes it: what is received is written to a buffer that all of them share, and copied from there. */
export interface OnRead {
  readonly buffer: Uint8Array;
  /** Returns false to have nothing more read. */
  callback(bytes: number, buffer: Uint8Array): boolean;
}

interface RawRequest {
  /** Begins to connect, and calls back as soon as a request may be sent. */
  readonly connect: (onread: OnRead, onReady: () => void) => Socket;
  /** All of it. */
  readonly text: string;
  readonly undertaking: Undertaking;
  readonly intake: Intake;
  readonly buffer: Uint8Array;
}

/** Resolves with the reply as soon as its head is there. */
export function askRaw(request: RawRequest): Promise<RawReply> {
  return new Promise((resolve, reject) => new RawReply(request, { resolve, reject }));
}

/**
 * A reply on a connection of its own, without Node's HTTP client: of 1,000 logs that tell nothing, that keeps a request, a
 * response and a parser each. Iterated, it hands on what it has in its turn, which lasts until the next is asked for.
 */
export class RawReply extends Readable implements LogBody, IntakeSource {
  readonly #intake: Intake;
  readonly #socket: Socket;
  readonly #decoder = new ReplyDecoder();
  #onHead: Settling<RawReply> | undefined;
  #waiting: Settling<IteratorResult<Buffer, undefined>> | undefined;
  #failure: Error | undefined;
  /** Nothing more comes, and what is held is still to be handed on. */
  #broken: Error | undefined;
  /** Handed on, and in use until the next is asked for. */
  #deliveredBytes = 0;
  #countedBytes = 0;
  #deliveredAtMs = 0;
  #gathering: NodeJS.Timeout | undefined;

  constructor({ connect, text, undertaking, intake, buffer }: RawRequest, onHead: Settling<RawReply>) {
    super({ highWaterMark: HELD_BYTES });
    this.#intake = intake;
    this.#onHead = onHead;
    const callback = (bytes: number, data: Uint8Array) => this.#received(data as Buffer, bytes);
    this.#socket = connect({ buffer, callback }, this.#sending(text));
    this.#socket.on("error", (error) => this.#breakOff(error));
    this.#socket.on("close", () => this.#lost());
    undertaking.breakOff = () => this.destroy(new Error("given up"));
    // Until its head is there others don't hold it up: that has a deadline.
    this.#socket.resume();
  }

  get statusCode(): number {
    return this.#decoder.head?.statusCode ?? 0;
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#decoder.head?.headers ?? {};
  }

  override [Symbol.asyncIterator](): NodeJS.AsyncIterator<Buffer> {
    const iterator = {
      next: () => this.#next(),
      return: async () => {
        this.destroy();
        return DONE;
      },
      [Symbol.asyncIterator]: () => iterator,
      [Symbol.asyncDispose]: async () => void this.destroy(),
    };
    return iterator;
  }

  override _read(): void {
    this.#count();
    if (this.#decoder.head !== undefined && !this.#decoder.isEnded && this.#broken === undefined)
      this.#intake.read(this);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#failure = error ?? new Error("the connection was closed before the end of the reply");
    this.#socket.destroy();
    clearTimeout(this.#gathering);
    this.#intake.stop(this);
    this.release();
    this.#onHead?.reject(this.#failure);
    this.#onHead = undefined;
    this.#offer();
    // Who iterates is told by that: nobody has to listen.
    callback(this.listenerCount("error") > 0 ? error : null);
  }

  deliver(): void {
    const waiting = this.#waiting;
    // What nobody waits for stays: taken, it would be lost.
    const value: Buffer | null = waiting === undefined ? null : this.#nextPart();
    if (waiting === undefined || value === null) {
      this.#intake.leave(this);
      this.#offer();
      return;
    }
    this.#waiting = undefined;
    this.#deliveredAtMs = performance.now();
    this.#deliveredBytes = value.length;
    this.#count();
    waiting.resolve({ value, done: false });
  }

  release(): void {
    this.#intake.leave(this);
    this.#deliveredBytes = 0;
    this.#count();
  }

  stopReading(): void {
    this.#socket.pause();
  }

  startReading(): void {
    this.#socket.resume();
  }

  /** Not among the socket's other listeners: they live as long as it does, and would keep the text. */
  #sending(text: string): () => void {
    return () => this.#socket.write(text, "latin1");
  }

  #received(data: Buffer, bytes: number): boolean {
    if (this.destroyed || this.#broken !== undefined) return false;
    try {
      this.#take(this.#decoder.push(data.subarray(0, bytes)));
    } catch (error) {
      this.#giveHead();
      this.#breakOff(error as Error);
      return false;
    }
    return !this.destroyed && this.readableLength < HELD_BYTES;
  }

  #take(body: Buffer) {
    if (body.length > 0) {
      this.push(body);
      if (this.readableLength >= HELD_BYTES) this.#intake.stop(this);
      this.#count();
    }
    if (this.#giveHead() && body.length === 0) this.#intake.read(this);
    if (this.#decoder.isEnded) this.#end();
    this.#offer();
  }

  /** Once, as soon as it is there. */
  #giveHead(): boolean {
    if (this.#decoder.head === undefined || this.#onHead === undefined) return false;
    this.#onHead.resolve(this);
    this.#onHead = undefined;
    return true;
  }

  #end() {
    this.#intake.stop(this);
    this.push(null);
    this.#socket.destroy();
  }

  #lost() {
    if (this.#decoder.isEnded || this.#broken !== undefined || this.destroyed) return;
    if (this.#decoder.isEndedByClose) {
      this.#end();
      return this.#offer();
    }
    const message = this.#decoder.head ? "aborted" : "socket hang up";
    this.#breakOff(Object.assign(new Error(message), { code: "ECONNRESET" }));
  }

  /** What came before may be told by nothing else: the container may be removed by now. */
  #breakOff(error: Error) {
    if (this.readableLength === 0) return void this.destroy(error);
    this.#broken ??= error;
    this.#intake.stop(this);
    this.#socket.destroy();
    this.#offer();
  }

  #next(): Promise<IteratorResult<Buffer, undefined>> {
    this.release();
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#offer();
    });
  }

  #nextPart(): Buffer | null {
    return this.readableLength > PART_BYTES ? this.read(PART_BYTES) : this.read();
  }

  #offer() {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.destroyed || this.readableEnded) {
      this.#waiting = undefined;
      if (this.#failure === undefined || this.readableEnded) waiting.resolve(DONE);
      else waiting.reject(this.#failure);
    } else if (this.readableLength === 0) {
      if (this.#broken !== undefined) this.destroy(this.#broken);
      else this.read(0);
    } else if (this.#isToGather()) this.#gathering ??= setTimeout(() => this.#enter(), GATHERING_MS);
    else this.#enter();
  }

  /** Of a busy log, until there are some lines: to write them costs as much for one as for a hundred. */
  #isToGather(): boolean {
    if (this.readableLength >= GATHERED_BYTES || this.#decoder.isEnded || this.#broken !== undefined) return false;
    return this.#gathering !== undefined || performance.now() - this.#deliveredAtMs < BUSY_WITHIN_MS;
  }

  #enter() {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#intake.enter(this);
  }

  #count() {
    const bytes = this.destroyed ? 0 : this.readableLength + this.#deliveredBytes;
    this.#intake.hold(bytes - this.#countedBytes);
    this.#countedBytes = bytes;
  }
}

interface Settling<T> {
  resolve(value: T): void;
  reject(error: Error): void;
}

/**
 * So much is read ahead of who takes it. An engine sends each line as a chunk of its own, of which some 270 fit into a unix
 * socket (Linux 6: 208 KiB with what each takes beside its text): what is not read at once holds the engine up. A file's
 * rotation takes some 10 ms, the time of 2,500 lines (64 KiB instead: 86 % of a bare socket's rate, not 89; bench:logs real).
 */
const HELD_BYTES = 256 * 1024;
/**
 * What waits for the disk grows old in V8's heap, so not all of it is handed on at once: of 100 logs, as fast as they can be
 * taken, the pump has 286 MB resident; with 12 KiB at once less by 55, and a fifth more CPU time (bench:logs many).
 */
const PART_BYTES = 48 * 1024;
/** What came of a busy log is handed on as soon as it is so much, or so old (bench:logs real: a seventh less of CPU time). */
const GATHERED_BYTES = 24 * 1024;
const GATHERING_MS = 1;
/** A log is busy when the last of it was handed on no longer ago. */
const BUSY_WITHIN_MS = 3;
const DONE = { value: undefined, done: true } as const;
