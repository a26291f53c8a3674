import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createServer as createSecureServer } from "node:tls";
import { parseAddress } from "../../src/engine/address.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError, type EngineErrorKind, type LogBody } from "../../src/engine/engine.ts";
import { createIntake } from "../../src/engine/intake.ts";
import { createDialler } from "../../src/engine/modem.ts";
import type { RawReply } from "../../src/engine/raw-reply.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const NEVER = new AbortController().signal;

/** An engine that speaks only as much HTTP as a test wants of it: what it answers of a log is bytes. */
async function withBytes(
  onLogs: (socket: Socket, asked: string) => void,
  work: (parts: { engine: ReturnType<typeof createEngine>; sockets: Socket[] }) => Promise<void>,
  { requestTimeoutMs = 10_000 } = {},
) {
  const folder = await mkdtemp(join(tmpdir(), "bytes-engine-"));
  const sockets: Socket[] = [];
  const server = createServer(answering(onLogs, sockets));
  await new Promise<void>((resolve) => server.listen(join(folder, "docker.sock"), resolve));
  const engine = createEngine({ address: join(folder, "docker.sock"), requestTimeoutMs }, recordingTelemetry());
  try {
    await work({ engine, sockets });
  } finally {
    engine.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  }
}

function answering(onLogs: (socket: Socket, asked: string) => void, sockets: Socket[]) {
  return (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => {
      const asked = data.toString("latin1");
      if (/^GET \S*\/logs/.test(asked)) onLogs(socket, asked);
      else socket.write("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: 2\r\n\r\n{}");
    });
  };
}

const log = { id: "abc", follow: true, signal: NEVER };

const REFUSED: Record<string, [reply: string, kind: EngineErrorKind, message: RegExp]> = {
  "something that is not HTTP": ["SSH-2.0-OpenSSH_9.6\r\n\r\n", "malformed", /not HTTP \(no status line\)/],
  "a head that never ends": [`HTTP/1.1 200 OK\r\nA: ${"x".repeat(20_000)}`, "malformed", /more than 16384 bytes/],
  "a refusal": [
    'HTTP/1.1 404 Not Found\r\nContent-Length: 37\r\n\r\n{"message":"No such container: abc"}\n',
    "not-found",
    /No such container/,
  ],
  "a refusal in chunks": [
    'HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n{"message":"broken"\r\n1\r\n}\r\n0\r\n\r\n',
    "refused-by-engine",
    /\(500\): broken/,
  ],
  "a redirect": [
    "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
    "refused-by-engine",
    /redirected/,
  ],
  "a refusal of a megabyte": [
    `HTTP/1.1 500 X\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(1_000_000)}`,
    "refused-by-engine",
    /\(500\)$/,
  ],
};

for (const [name, [reply, kind, message]] of Object.entries(REFUSED)) {
  test(`${name} in answer to a log is "${kind}"`, () =>
    withBytes(
      (socket) => void socket.write(reply, "latin1"),
      async ({ engine, sockets }) => {
        await assert.rejects(engine.containerLogs(log), (error) => {
          assert.ok(error instanceof EngineError);
          assert.equal(error.kind, kind, error.message);
          assert.match(error.message, message);
          return true;
        });
        await eventually(() => sockets.at(-1)?.destroyed);
      },
    ));
}

test("a connection that is closed before the head is unreachable", () =>
  withBytes(
    (socket) => void socket.end(),
    async ({ engine }) => {
      await assert.rejects(engine.containerLogs(log), (error) => {
        assert.ok(error instanceof EngineError);
        assert.match(error.message, /socket hang up/);
        return error.kind === "unreachable";
      });
    },
  ));

test("a refusal whose body never comes has the deadline of the head", () =>
  withBytes(
    (socket) => void socket.write("HTTP/1.1 500 X\r\nContent-Length: 5\r\n\r\n"),
    async ({ engine }) => {
      await assert.rejects(engine.containerLogs(log), /not answered within 300 ms/);
    },
    { requestTimeoutMs: 300 },
  ));

const BROKEN: Record<string, (socket: Socket) => void> = {
  "is closed in the middle of a chunk": (socket) => void socket.end(`${CHUNKED}ff\r\nhello`),
  "is closed between chunks": (socket) => void socket.end(`${CHUNKED}5\r\nhello\r\n`),
  "has a chunk of no size": (socket) => void socket.write(`${CHUNKED}5\r\nhello\r\nnonsense\r\n`),
  "is shorter than its length": (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"),
};

for (const [name, answer] of Object.entries(BROKEN)) {
  test(`a log that ${name} rejects, and its connection is gone`, () =>
    withBytes(answer, async ({ engine, sockets }) => {
      const { body } = await engine.containerLogs(log);
      await assert.rejects(textOf(body));
      assert.ok(body.destroyed);
      await eventually(() => sockets.at(-1)?.destroyed);
      assert.ok(engine.facts);
    }));
}

const TOLD: Record<string, (socket: Socket) => void> = {
  "is closed in the middle of a chunk": (socket) => void socket.end(`${CHUNKED}5\r\nhello\r\nff\r\n`),
  "is closed between chunks": (socket) => void socket.write(`${CHUNKED}5\r\nhello\r\n`, () => socket.destroy()),
};

for (const [name, answer] of Object.entries(TOLD)) {
  test(`of a log that ${name} what came before is handed on, however late it is asked for`, () => {
    const sockets: Socket[] = [];
    const answering = (socket: Socket) => {
      sockets.push(socket);
      answer(socket);
    };
    return withReplies(answering, 1, async ([reply]) => {
      await eventually(() => sockets.every((socket) => socket.destroyed));
      const chunks = reply?.[Symbol.asyncIterator]();
      assert.equal(String((await chunks?.next())?.value), "hello");
      await assert.rejects(async () => chunks?.next());
      assert.ok(reply?.destroyed);
    });
  });
}

test("a turn that comes while nobody waits takes nothing", () =>
  withReplies(
    (socket) => void socket.write(`${CHUNKED}5\r\nhello\r\n`),
    1,
    async ([reply]) => {
      await eventually(() => reply?.readableLength === 5);
      reply?.deliver();
      assert.equal(String((await reply?.[Symbol.asyncIterator]().next())?.value), "hello");
    },
  ));

test("a log without a length ends with its connection, and is known to do so", () =>
  withBytes(
    (socket) => void socket.end("HTTP/1.0 200 OK\r\n\r\nhello"),
    async ({ engine }) => {
      const { body, isEndTold } = await engine.containerLogs(log);
      assert.equal(isEndTold, false);
      assert.equal(await textOf(body), "hello");
    },
  ));

test("what is not read holds the engine back, and comes whole when it is", () => {
  const bytes = 4 * 1024 * 1024;
  let socket: Socket | undefined;
  const answer = (one: Socket) => {
    socket = one;
    one.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n`);
    one.end(Buffer.alloc(bytes, "x"));
  };
  return withBytes(answer, async ({ engine }) => {
    const { body } = await engine.containerLogs(log);
    // In each of these it could be read on.
    for (let i = 0; i < 100; i++) await engine.containerTop("abc");
    assert.ok((socket?.writableLength ?? 0) > bytes / 2);
    let received = 0;
    for await (const chunk of body) received += chunk.length;
    assert.equal(received, bytes);
  });
});

test("what an engine tells a little at a time is read while nobody takes it, and handed on in one piece", () => {
  const answer = (socket: Socket) => {
    socket.write(CHUNKED);
    const timer = setInterval(() => socket.write("5\r\nhello\r\n"), 1);
    socket.on("close", () => clearInterval(timer));
  };
  return withReplies(answer, 1, async ([reply]) => {
    await eventually(() => (reply?.readableLength ?? 0) >= 50);
    const { value } = (await reply?.[Symbol.asyncIterator]().next()) ?? {};
    assert.match(String(value), /^(hello){10,}$/);
  });
});

/** A log of which a line is handed on, and the next is waited for, which is there right away. */
function withGathering(work: (reply: RawReply, next: Promise<IteratorResult<Buffer>>) => Promise<void>) {
  const sockets: Socket[] = [];
  const answer = (socket: Socket) => {
    sockets.push(socket);
    socket.write(`${CHUNKED}5\r\nhello\r\n`);
  };
  return withReplies(answer, 1, async ([reply]) => {
    assert.ok(reply);
    const chunks = reply[Symbol.asyncIterator]();
    assert.equal(String((await chunks.next()).value), "hello");
    sockets[0]?.write("5\r\nworld\r\n");
    await work(reply, chunks.next());
  });
}

test("one line right after another is handed on though nothing follows", () =>
  withGathering(async (_, next) => assert.equal(String((await next).value), "world")));

test("a log that is given up right after a line rejects", () =>
  withGathering(async (reply, next) => {
    const rejected = assert.rejects(next, /closed before the end/);
    reply.destroy();
    await rejected;
  }));

test("no more of a log is held than two readings", () => {
  const answer = (socket: Socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n");
    socket.end(Buffer.alloc(4_194_304, "x"));
  };
  return withReplies(answer, 1, async ([reply]) => {
    const chunks = reply?.[Symbol.asyncIterator]();
    for (let received = 0; received < 4_194_304; ) {
      const { value } = (await chunks?.next()) ?? {};
      received += value?.length ?? 0;
      assert.ok((value?.length ?? 0) <= 2 * 64 * 1024);
    }
    assert.equal((await chunks?.next())?.done, true);
  });
});

type Replies = (replies: RawReply[]) => Promise<void>;

async function withReplies(onLogs: (socket: Socket) => void, count: number, work: Replies) {
  await withBytes(onLogs, async ({ engine }) => {
    const intake = createIntake({ atOnce: 4, patienceMs: 1_000_000 });
    const dialler = createDialler(parseAddress(engine.address), { intake });
    const request = { method: "GET", path: "/containers/abc/logs" } as const;
    const undertaking = () => ({ over: false, breakOff: undefined });
    const replies = await Promise.all(Array.from({ length: count }, () => dialler.dialRaw(request, undertaking())));
    try {
      await work(replies);
    } finally {
      for (const reply of replies) reply.destroy();
      dialler.destroy();
    }
  });
}

/** Eight logs that have a line each, whose turns last for as long as they like. */
function withEight(work: Replies) {
  return withReplies((socket) => void socket.write(`${CHUNKED}5\r\nhello\r\n`), 8, work);
}

test("a log that is given up while it waits for its turn rejects", () =>
  withEight(async (replies) => {
    const given = replies.map((reply) => reply[Symbol.asyncIterator]().next());
    const served = new Set<number>();
    for (const [i, chunk] of given.entries()) {
      chunk.then(
        () => served.add(i),
        () => undefined,
      );
    }
    await eventually(() => served.size === 4);
    const waiting = given.filter((_, i) => !served.has(i));
    for (const [i, reply] of replies.entries()) if (!served.has(i)) reply.destroy();
    for (const chunk of waiting) await assert.rejects(chunk, /closed before the end/);
  }));

test("what is released lets others have their turn", () =>
  withEight(async (replies) => {
    for (const reply of replies) {
      assert.equal(String((await reply[Symbol.asyncIterator]().next()).value), "hello");
      reply.release();
    }
  }));

test("who stops reading in the middle lets others have their turn, and the connection go", () =>
  withEight(async (replies) => {
    for (const reply of replies) {
      for await (const chunk of reply) {
        assert.equal(String(chunk), "hello");
        break;
      }
      assert.ok(reply.destroyed);
    }
  }));

const file = (name: string) => join(import.meta.dirname, "../fixtures/tls", name);

test("over TLS a log comes with the client's certificate, under a prefix, in any size of records", async () => {
  const identity = {
    ca: readFileSync(file("ca.crt")),
    cert: readFileSync(file("server.crt")),
    key: readFileSync(file("server.key")),
  };
  const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`);
  const sockets: Socket[] = [];
  const asked: string[] = [];
  const answer = (socket: Socket, request: string) => {
    asked.push(request);
    socket.write(CHUNKED);
    for (const line of lines) socket.write(`${line.length.toString(16)}\r\n${line}\r\n`);
    socket.write("0\r\n\r\n");
  };
  const server = createSecureServer(
    { ...identity, requestCert: true, rejectUnauthorized: true },
    answering(answer, sockets),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const tls = { ca: file("ca.crt"), cert: file("client.crt"), key: file("client.key") };
  const engine = createEngine({ address: `https://127.0.0.1:${port}/docker`, tls }, recordingTelemetry());
  try {
    for (let round = 0; round < 2; round++) {
      const { body } = await engine.containerLogs(log);
      assert.equal(await textOf(body), lines.join(""));
    }
    assert.match(
      asked[0] ?? "",
      new RegExp(`^GET /docker/v1.51/containers/abc/logs\\?.*\r\nHost: 127.0.0.1:${port}\r\n`),
    );
  } finally {
    engine.close();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

test("an engine that is not trusted is sent nothing", async () => {
  const identity = { cert: readFileSync(file("server.crt")), key: readFileSync(file("server.key")) };
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const server = createSecureServer(identity, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (data) => asked.push(data.toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const dialler = createDialler(parseAddress(`https://127.0.0.1:${port}`));
  try {
    const request = { method: "GET", path: "/containers/abc/logs" } as const;
    await assert.rejects(dialler.dialRaw(request, { over: false, breakOff: undefined }), /certificate/);
    assert.deepEqual(asked, []);
  } finally {
    dialler.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

async function textOf(body: LogBody): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const bytes of body) chunks.push(bytes);
  return Buffer.concat(chunks).toString();
}
