import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { EngineError } from "./engine.ts";
import { connectionFailure, statusFailure } from "./failures.ts";
import type { Dialler, DialRequest, Query, Undertaking } from "./modem.ts";

export interface Question {
  readonly path: string;
  readonly query?: Query;
  /** For the whole of it: connecting, the head and the body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Names the engine in messages. */
  readonly address: string;
}

export interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One GET, read to its end within its deadline and its cap. Rejects with an EngineError on anything but status 200;
 * what is given up on is destroyed with its connection, so that nothing of it lingers.
 */
export async function exchange(dialler: Dialler, question: Question): Promise<Answer> {
  const { timeoutMs, maxBytes } = question;
  const attempt = new Attempt(question);
  try {
    const response = await open(dialler.dial, question, attempt);
    return { headers: response.headers, text: (await readBody(response, maxBytes)).toString() };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    if (cause instanceof TooLarge)
      throw new EngineError(`${nameOf(question)} sent more than ${maxBytes} bytes: given up`, { kind: "too-large" });
    throw connectionFailure(cause, { what: nameOf(question), timeoutMs, gaveUp: attempt.gaveUp });
  } finally {
    attempt.end();
  }
}

/** The same for a reply without an end: the deadline holds for its head only, the body is the caller's. */
export async function openStream<R extends Reply = IncomingMessage>(dial: Dial<R>, question: Question): Promise<R> {
  const { timeoutMs, signal } = question;
  const attempt = new Attempt(question);
  try {
    const response = await open(dial, question, attempt);
    const destroy = () => response.destroy();
    signal?.addEventListener("abort", destroy, { once: true });
    response.once("close", () => signal?.removeEventListener("abort", destroy));
    return response;
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw connectionFailure(cause, { what: nameOf(question), timeoutMs, gaveUp: attempt.gaveUp });
  } finally {
    attempt.end();
  }
}

/** "GET /v1.41/info of unix:///var/run/docker.sock": what messages say was asked. */
export function nameOf({ path, address }: { path: string; address: string }): string {
  return `GET ${path} of ${address}`;
}

type Reply = Readable & Pick<IncomingMessage, "statusCode">;
type Dial<R extends Reply> = (request: DialRequest, undertaking: Undertaking) => Promise<R>;

const MAX_ERROR_BYTES = 64 * 1024;

async function open<R extends Reply>(dial: Dial<R>, question: Question, attempt: Attempt): Promise<R> {
  const { path, query } = question;
  const response = await dial({ method: "GET", path, ...(query && { query }) }, attempt);
  if (response.statusCode === 200) return response;
  try {
    const body = await readBody(response, MAX_ERROR_BYTES).catch((cause) => {
      if (cause instanceof TooLarge) return Buffer.alloc(0);
      throw cause;
    });
    throw statusFailure({ what: nameOf(question), statusCode: response.statusCode ?? 0, body: body.toString() });
  } finally {
    response.destroy();
  }
}

/** The time that a request has, and who ended it before it was answered. */
class Attempt implements Undertaking {
  breakOff: (() => void) | undefined;
  gaveUp: "deadline" | "caller" | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #byCaller: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor({ timeoutMs, signal }: Question) {
    this.#timer = setTimeout(giveUp, timeoutMs, this, "deadline");
    if (signal === undefined) return;
    this.#signal = signal;
    this.#byCaller = () => giveUp(this, "caller");
    if (signal.aborted) this.#byCaller();
    signal.addEventListener("abort", this.#byCaller, { once: true });
  }

  get over(): boolean {
    return this.gaveUp !== undefined;
  }

  end() {
    clearTimeout(this.#timer);
    if (this.#byCaller !== undefined) this.#signal?.removeEventListener("abort", this.#byCaller);
  }
}

function giveUp(attempt: Attempt, why: "deadline" | "caller") {
  attempt.gaveUp ??= why;
  attempt.breakOff?.();
}

class TooLarge extends Error {}

function readBody(response: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let ended = false;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        reject(new TooLarge());
        response.destroy();
      } else chunks.push(chunk);
    });
    response.on("end", () => {
      ended = true;
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    response.on("error", reject);
    // Whichever way it goes, this is the last that is heard of it. An error is not for nothing: it takes its stack.
    response.on("close", () => {
      if (!ended) reject(new Error("the connection was closed before the end of the reply"));
    });
  });
}
