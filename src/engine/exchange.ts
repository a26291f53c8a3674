import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { EngineError } from "./engine.ts";
import { connectionFailure, statusFailure } from "./failures.ts";
import type { Dialler, Query } from "./modem.ts";

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
  const attempt = startAttempt(question);
  try {
    const response = await open(dialler, question, attempt.signal);
    return { headers: response.headers, text: (await readBody(response, maxBytes)).toString() };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    if (cause instanceof TooLarge)
      throw new EngineError(`${nameOf(question)} sent more than ${maxBytes} bytes: given up`, { kind: "too-large" });
    throw connectionFailure(cause, { what: nameOf(question), timeoutMs, gaveUp: attempt.gaveUp() });
  } finally {
    attempt.end();
  }
}

/** The same for a reply without an end: the deadline holds for its head only, the body is the caller's. */
export async function openStream(dialler: Dialler, question: Question): Promise<IncomingMessage> {
  const { timeoutMs, signal } = question;
  const attempt = startAttempt(question);
  try {
    const response = await open(dialler, question, attempt.signal);
    const destroy = () => response.destroy();
    signal?.addEventListener("abort", destroy, { once: true });
    response.once("close", () => signal?.removeEventListener("abort", destroy));
    return response;
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw connectionFailure(cause, { what: nameOf(question), timeoutMs, gaveUp: attempt.gaveUp() });
  } finally {
    attempt.end();
  }
}

/** "GET /v1.41/info of unix:///var/run/docker.sock": what messages say was asked. */
export function nameOf({ path, address }: { path: string; address: string }): string {
  return `GET ${path} of ${address}`;
}

const MAX_ERROR_BYTES = 64 * 1024;

async function open(dialler: Dialler, question: Question, signal: AbortSignal): Promise<IncomingMessage> {
  const { path, query } = question;
  const response = await dialler.dial({ method: "GET", path, ...(query && { query }), signal });
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

interface Attempt {
  readonly signal: AbortSignal;
  gaveUp(): "deadline" | "caller" | undefined;
  end(): void;
}

function startAttempt({ timeoutMs, signal }: Question): Attempt {
  const controller = new AbortController();
  let gaveUp: "deadline" | "caller" | undefined;
  const giveUp = (why: "deadline" | "caller") => {
    gaveUp ??= why;
    controller.abort();
  };
  const byCaller = () => giveUp("caller");
  const timer = setTimeout(giveUp, timeoutMs, "deadline");
  if (signal?.aborted) byCaller();
  signal?.addEventListener("abort", byCaller, { once: true });
  return {
    signal: controller.signal,
    gaveUp: () => gaveUp,
    end() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", byCaller);
    },
  };
}

class TooLarge extends Error {}

function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        reject(new TooLarge());
        response.destroy();
      } else chunks.push(chunk);
    });
    response.on("end", () => resolve(Buffer.concat(chunks)));
    response.on("error", reject);
    // Whichever way it goes, this is the last that is heard of it.
    response.on("close", () => reject(new Error("the connection was closed before the end of the reply")));
  });
}
