import type { ServerResponse } from "node:http";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { acceptsCoding } from "../kit/accept-header.ts";
import type { DoorAnswer } from "./route.ts";

const compress = promisify(gzip);
const MIN_COMPRESSED_BYTES = 1024;
const COMPRESSIBLE = /^(text\/|application\/(json|javascript|openmetrics-text|manifest\+json)|image\/svg)/;

const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};
/** What a page may load is its own host's alone; a route may say it more strictly. */
const HTML_HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
};

interface Circumstances {
  readonly method: string | undefined;
  readonly acceptEncoding: string | string[] | undefined;
  readonly signal: AbortSignal;
}

/** Writes the answer whole. Rejects when a stream of pieces breaks, whose beginning is then already sent. */
export async function respond(
  outgoing: ServerResponse,
  { status, headers, body }: DoorAnswer,
  { method, acceptEncoding, signal }: Circumstances,
): Promise<void> {
  const given = inLowerCase(headers ?? {});
  const type = given["content-type"] ?? "text/plain; charset=utf-8";
  const all: Record<string, string> = {
    ...HEADERS,
    ...(type.startsWith("text/html") && HTML_HEADERS),
    "content-type": type,
    ...given,
  };
  if (!isWhole(body)) {
    outgoing.writeHead(status, all);
    if (method === "HEAD") return void outgoing.end();
    outgoing.flushHeaders();
    return sendPieces(outgoing, body, signal);
  }
  let bytes = typeof body === "string" ? Buffer.from(body) : body;
  if (bytes.length >= MIN_COMPRESSED_BYTES && all["content-encoding"] === undefined && COMPRESSIBLE.test(type)) {
    all.vary ??= "accept-encoding";
    if (acceptsCoding(acceptEncoding?.toString(), "gzip")) {
      bytes = await compress(bytes);
      all["content-encoding"] = "gzip";
    }
  }
  outgoing.writeHead(status, { ...all, "content-length": String(bytes.length) });
  outgoing.end(method === "HEAD" ? undefined : bytes);
}

async function sendPieces(outgoing: ServerResponse, pieces: AsyncIterable<Uint8Array>, signal: AbortSignal) {
  const gone = new Promise<"gone">((resolve) =>
    signal.addEventListener("abort", () => resolve("gone"), { once: true }),
  );
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      const next = await Promise.race([iterator.next(), gone]);
      if (next === "gone" || next.done === true) break;
      if (!outgoing.write(next.value)) await Promise.race([drained(outgoing), gone]);
    }
  } finally {
    // One that waits for its next piece gets to hear of it when that comes: nobody waits for that here.
    void iterator.return?.().catch(() => undefined);
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => outgoing.once("drain", resolve));
}

function isWhole(body: DoorAnswer["body"]): body is string | Uint8Array {
  return typeof body === "string" || body instanceof Uint8Array;
}

function inLowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
