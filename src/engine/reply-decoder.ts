/** The head of a reply; names are in lower case, a name that came twice has both values. */
export interface ReplyHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** As Node's own parser calls its errors, so that both are told in the same words. */
class NotHttpError extends Error {
  readonly code = "HPE_INVALID_REPLY";
}

/** A head, or trailers: as much as Node's own parser takes (24.21, --max-http-header-size). */
const MAX_HEAD_BYTES = 16 * 1024;
/** A chunk's size with what an extension adds to it, which no engine does. */
const MAX_SIZE_LINE_BYTES = 256;
const CR = 13;
const LF = 10;
const NONE = Buffer.alloc(0);

/**
 * One reply of HTTP/1.1, and the connection's only one: from the bytes received to those of its body, in any cutting. What
 * moby tells of a log is a chunk for each line: Node's own parser (24.21) calls back for each.
 */
export class ReplyDecoder {
  head: ReplyHead | undefined;
  /** All of it was received, as far as the reply itself tells. */
  isEnded = false;
  /** A line that is not complete: of the head, a chunk's size, the trailers. */
  #line = NONE;
  #lines: string[] | undefined = [];
  #headBytes = 0;
  #part: "head" | "size" | "data" | "data end" | "trailers" | "rest" = "head";
  /** Of the chunk, or of the whole body. */
  #leftBytes = 0;

  /** Whether the end of the connection is that of the reply: nothing in its head told how long it is. */
  get isEndedByClose(): boolean {
    return this.#part === "rest" && this.#leftBytes === Number.POSITIVE_INFINITY;
  }

  /** What of the data belongs to the body, in memory of its own. Throws on what is no HTTP. */
  push(data: Buffer): Buffer {
    let at = 0;
    while (at < data.length && !this.isEnded && this.#part !== "data" && this.#part !== "rest")
      at = this.#takeLine(data, at);
    if (at === data.length || this.isEnded) return NONE;
    // One copy, within which the chunks are moved together: a copy of each out of the data costs twice as much.
    const body = copyOf(data, at);
    return body.subarray(0, this.#closeUp(body));
  }

  /** Moves what belongs to the body to its beginning, and tells how much that is. */
  #closeUp(data: Buffer): number {
    let bodyBytes = 0;
    for (let at = 0; at < data.length && !this.isEnded; ) {
      if (this.#part !== "data" && this.#part !== "rest") {
        at = this.#takeLine(data, at);
        continue;
      }
      const end = Math.min(data.length, at + this.#leftBytes);
      data.copyWithin(bodyBytes, at, end);
      bodyBytes += end - at;
      this.#leftBytes -= end - at;
      at = end;
      if (this.#leftBytes > 0) continue;
      if (this.#part === "data") this.#part = "data end";
      else this.isEnded = true;
    }
    return bodyBytes;
  }

  #takeLine(data: Buffer, from: number): number {
    const newline = newlineIn(data, from);
    const end = newline === -1 ? data.length : newline + 1;
    const maxBytes = this.#part === "head" || this.#part === "trailers" ? MAX_HEAD_BYTES : MAX_SIZE_LINE_BYTES;
    this.#headBytes += end - from;
    if (this.#headBytes > maxBytes) throw new NotHttpError(`a line or a head of more than ${maxBytes} bytes`);
    if (newline === -1) {
      this.#line = Buffer.concat([this.#line, data.subarray(from)]);
      return end;
    }
    const isWhole = this.#line.length === 0;
    const line = isWhole ? data : Buffer.concat([this.#line, data.subarray(from, end)]);
    const lineFrom = isWhole ? from : 0;
    const lineEnd = (isWhole ? end : line.length) - 2;
    this.#line = NONE;
    if (lineEnd < lineFrom || line[lineEnd] !== CR) throw new NotHttpError("a line that ends without CR");
    this.#readLine(line, lineFrom, lineEnd);
    return end;
  }

  #readLine(data: Buffer, from: number, end: number) {
    if (this.#part === "size") this.#begin(chunkBytes(data, from, end));
    else if (this.#part === "data end") {
      if (from !== end) throw new NotHttpError("a chunk that is longer than its size");
      this.#next("size");
    } else if (this.#part === "trailers") {
      if (from === end) this.isEnded = true;
    } else if (from === end) this.#endHead();
    else this.#lines?.push(data.toString("latin1", from, end));
  }

  #next(part: "head" | "size" | "trailers") {
    this.#part = part;
    this.#headBytes = 0;
  }

  #begin(bytes: number) {
    this.#next(bytes === 0 ? "trailers" : "size");
    if (bytes > 0) this.#part = "data";
    this.#leftBytes = bytes;
  }

  #endHead() {
    const head = headOf(this.#lines ?? []);
    this.#lines = [];
    // "100 Continue" and its like come before the reply.
    if (head.statusCode < 200 && head.statusCode !== 101) return this.#next("head");
    this.#lines = undefined;
    this.head = head;
    const { "transfer-encoding": encoding, "content-length": length } = head.headers;
    if (encoding !== undefined && length !== undefined) throw new NotHttpError("a length and chunks too");
    if (encoding !== undefined && !/^chunked$/i.test(encoding)) throw new NotHttpError("an unknown encoding");
    if (encoding !== undefined) return this.#next("size");
    if (length !== undefined && !/^\d{1,15}$/.test(length)) throw new NotHttpError("a length that is no number");
    this.#part = "rest";
    this.#leftBytes = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    this.isEnded = this.#leftBytes === 0 || [101, 204, 304].includes(head.statusCode);
  }
}

/** The size of a chunk is near: to look at some bytes costs less than a call of `indexOf`. */
function newlineIn(data: Buffer, from: number): number {
  const near = Math.min(data.length, from + MAX_SIZE_DIGITS);
  for (let at = from; at < near; at++) if (data[at] === LF) return at;
  return data.indexOf(LF, near);
}

/** A large one not out of Node's pool, which it would keep alive as a whole. */
function copyOf(data: Buffer, from: number): Buffer {
  const bytes = data.length - from;
  const copy = bytes < 1024 ? Buffer.allocUnsafe(bytes) : Buffer.allocUnsafeSlow(bytes);
  data.copy(copy, 0, from);
  return copy;
}

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: |$)/;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*(.*?)[ \t]*$/;

function headOf([first = "", ...lines]: readonly string[]): ReplyHead {
  const statusCode = Number(STATUS_LINE.exec(first)?.[1]);
  if (Number.isNaN(statusCode)) throw new NotHttpError("no status line");
  // An object without a prototype has a table of 448 bytes (V8 13.6), of each log that is followed.
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = "", value = ""] = HEADER.exec(line) ?? [];
    if (name === "") throw new NotHttpError("a line of the head that is no header");
    const key = name.toLowerCase();
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value}` : value;
  }
  return { statusCode, headers };
}

/** Of a chunk: hexadecimal digits, and an extension that is not looked at. */
function chunkBytes(data: Buffer, from: number, end: number): number {
  let bytes = 0;
  let at = from;
  for (; at < end; at++) {
    const digit = hexDigit(data[at] as number);
    if (digit === -1) break;
    bytes = bytes * 16 + digit;
  }
  const isSize = at > from && at - from <= MAX_SIZE_DIGITS && (at === end || EXTENSION.has(data[at] as number));
  if (!isSize) throw new NotHttpError("a chunk without a size");
  return bytes;
}

const MAX_SIZE_DIGITS = 12;
/** Semicolon, and the blanks that old servers fill up with. */
const EXTENSION: ReadonlySet<number> = new Set([0x3b, 0x20, 0x09]);

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
