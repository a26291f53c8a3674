import assert from "node:assert/strict";
import { test } from "node:test";
import { ReplyDecoder } from "../../src/engine/reply-decoder.ts";
import { seeded } from "../support/seeded.ts";

interface Told {
  readonly statusCode: number | undefined;
  readonly body: string;
  readonly isEnded: boolean;
  readonly isEndedByClose: boolean;
}

const CHUNKED = "Transfer-Encoding: chunked";

const REPLIES: Record<string, [reply: string, told: Partial<Told>]> = {
  "chunks are joined to the body": [head(CHUNKED, "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), { body: "hello world" }],
  "a chunk's size has letters of both cases": [
    head(CHUNKED, `a\r\n${"x".repeat(10)}\r\nB;q=1\r\n${"y".repeat(11)}\r\n0\r\n\r\n`),
    { body: "x".repeat(10) + "y".repeat(11) },
  ],
  "a chunk that is not there whole gives what is there": [
    head(CHUNKED, "ff\r\nhello"),
    { body: "hello", isEnded: false },
  ],
  "trailers end the reply and are no part of the body": [
    head(CHUNKED, "1\r\nx\r\n0\r\nDigest: y\r\n\r\n"),
    { body: "x" },
  ],
  "a length tells the end": [head("Content-Length: 5", "hello, and more"), { body: "hello" }],
  "a length of nothing is an end": [head("Content-Length: 0", ""), { body: "" }],
  "without either the connection's end is that of the reply": [
    head("Server: old", "hello"),
    { body: "hello", isEnded: false, isEndedByClose: true },
  ],
  "what comes before the reply is left out": [
    `HTTP/1.1 100 Continue\r\n\r\n${head("Content-Length: 2", "ok")}`,
    { body: "ok" },
  ],
  "any status is told": ["HTTP/1.0 404 Not Found\r\nContent-Length: 2\r\n\r\nno", { statusCode: 404, body: "no" }],
  "a status without words is one": ["HTTP/1.1 503\r\nContent-Length: 2\r\n\r\nno", { statusCode: 503, body: "no" }],
};

for (const [name, [reply, told]] of Object.entries(REPLIES)) {
  test(`${name}, however the bytes are cut`, () => {
    const expected = { statusCode: 200, isEnded: true, isEndedByClose: false, ...told };
    assert.deepEqual(decoded([Buffer.from(reply)]), expected);
    assert.deepEqual(decoded([...Buffer.from(reply)].map((byte) => Buffer.from([byte]))), expected);
    for (let seed = 1; seed <= 20; seed++)
      assert.deepEqual(decoded(cut(Buffer.from(reply), seed)), expected, `${seed}`);
  });
}

const GARBAGE: Record<string, string> = {
  "no status line": "SSH-2.0-OpenSSH_9.6\r\n\r\n",
  "HTTP/2": "HTTP/2 200\r\n\r\n",
  "a line without CR": "HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
  "a header without a name": head(": x", ""),
  "a header that goes on in the next line": head("A: b\r\n c", ""),
  "a length that is no number": head("Content-Length: 5x", ""),
  "a negative length": head("Content-Length: -1", ""),
  "two lengths": head("Content-Length: 1\r\nContent-Length: 2", ""),
  "a length and chunks": head(`Content-Length: 1\r\n${CHUNKED}`, ""),
  "an encoding that was not asked for": head("Transfer-Encoding: gzip, chunked", ""),
  "a chunk without a size": head(CHUNKED, "\r\n"),
  "a chunk's size that is no number": head(CHUNKED, "zz\r\n"),
  "a negative chunk": head(CHUNKED, "-5\r\nhello"),
  "a chunk of more than a number holds": head(CHUNKED, `${"f".repeat(13)}\r\n`),
  "a chunk that is longer than its size": head(CHUNKED, "2\r\nhello\r\n"),
  "a chunk's size without an end": head(CHUNKED, `5;${"x".repeat(300)}`),
  "a head without an end": head(`A: ${"x".repeat(17_000)}`, ""),
  "a head of endless headers": head("A: b\r\n".repeat(4_000), ""),
  "endless replies that come before": "HTTP/1.1 100 C\r\nA: b\r\n".repeat(2_000),
  "endless trailers": head(CHUNKED, `0\r\n${"A: b\r\n".repeat(4_000)}`),
};

for (const [name, reply] of Object.entries(GARBAGE)) {
  test(`${name} is refused, however the bytes are cut`, () => {
    const bytes = Buffer.from(reply);
    for (const chunks of [[bytes], cut(bytes, 1), cut(bytes, 2)])
      assert.throws(() => decoded(chunks), { code: "HPE_INVALID_REPLY" });
  });
}

test("names of headers are told in lower case, and values of the same name together", () => {
  const decoder = new ReplyDecoder();
  decoder.push(Buffer.from(head("API-Version: 1.51\r\nX: a\r\nx:b", "")));
  assert.deepEqual({ ...decoder.head?.headers }, { "api-version": "1.51", x: "a, b" });
});

test("what is given is not written over by what comes next", () => {
  const decoder = new ReplyDecoder();
  const received = Buffer.from(head("Content-Length: 9", "first"));
  const body = decoder.push(received);
  received.fill("x");
  assert.equal(body.toString(), "first");
});

const CHUNKED_BODY_LINES = 20_000;

test("a long log of a chunk for each line comes whole through cuttings of a socket's size", () => {
  const lines = Array.from({ length: CHUNKED_BODY_LINES }, (_, i) => `line ${i} ${"x".repeat(i % 300)}\n`);
  const chunks = lines.map((line) => `${Buffer.byteLength(line).toString(16)}\r\n${line}\r\n`);
  const reply = Buffer.from(head(CHUNKED, `${chunks.join("")}0\r\n\r\n`));
  const pieces: Buffer[] = [];
  for (let at = 0; at < reply.length; at += 65_536) pieces.push(reply.subarray(at, at + 65_536));
  assert.equal(decoded(pieces).body, lines.join(""));
});

function decoded(chunks: readonly Buffer[]): Told {
  const decoder = new ReplyDecoder();
  const body = Buffer.concat(chunks.map((chunk) => decoder.push(chunk))).toString();
  const { head, isEnded, isEndedByClose } = decoder;
  return { statusCode: head?.statusCode, body, isEnded, isEndedByClose };
}

function cut(bytes: Buffer, seed: number): Buffer[] {
  const random = seeded(seed);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + Math.floor(random() * 40);
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

function head(headers: string, body: string): string {
  return `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
}
