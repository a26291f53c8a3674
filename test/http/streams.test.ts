import assert from "node:assert/strict";
import { test } from "node:test";
import type { Route } from "../../src/http/route.ts";
import { eventually } from "../support/eventually.ts";
import { openedDoor, request, sendRaw, textRoute } from "./opened-door.ts";

interface Stream {
  readonly route: Route;
  ended: boolean;
  given: number;
}

/** Gives a piece of so many bytes at once, again and again, for ever. */
function endlessStream(bytes: number): Stream {
  const piece = Buffer.alloc(bytes, "x");
  const stream = {
    ended: false,
    given: 0,
    route: {
      path: "/events",
      answer: async () => ({ status: 200, headers: { "content-type": "text/event-stream" }, body: pieces() }),
    },
  };
  async function* pieces() {
    try {
      for (;;) {
        yield piece;
        stream.given++;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      stream.ended = true;
    }
  }
  return stream;
}

/** One event, then silence until its request's signal aborts. */
const quiet: Route = {
  path: "/quiet",
  answer: async ({ signal }) => ({
    status: 200,
    headers: { "content-type": "text/event-stream" },
    body: (async function* () {
      yield Buffer.from("data: hello\n\n");
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    })(),
  }),
};

test("a stream's pieces arrive as they are given, and are never compressed", async (t) => {
  const { url } = await openedDoor([quiet], { t });
  const leaving = new AbortController();
  const response = await fetch(new URL("/quiet", url), {
    headers: { "accept-encoding": "gzip" },
    signal: leaving.signal,
  });
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  assert.equal(Buffer.from(value ?? []).toString(), "data: hello\n\n");
  assert.equal(response.headers.get("content-encoding"), null);
  leaving.abort();
});

test("a stream ends when its client is gone", async (t) => {
  const stream = endlessStream(1000);
  const { url } = await openedDoor([stream.route], { t });
  const leaving = new AbortController();
  const response = await fetch(new URL("/events", url), { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await eventually(() => stream.ended);
});

test("a stream waits for a client that is slow to take it", async (t) => {
  const stream = endlessStream(1024 * 1024);
  const { url } = await openedDoor([stream.route], { t });
  const response = await fetch(new URL("/events", url));
  const reader = response.body?.getReader();
  await reader?.read();
  let before = -1;
  // What fits into the buffers between the two; then nothing more is asked of the stream.
  await eventually(
    () => {
      const stands = stream.given === before;
      before = stream.given;
      return stands && stream.given > 0;
    },
    { everyMs: 200, withinMs: 60_000 },
  );
  assert.ok(stream.given < 1000, `${stream.given} MiB are held`);
  await reader?.cancel();
});

test("a HEAD request starts no stream", async (t) => {
  const stream = endlessStream(10);
  const { port } = await openedDoor([stream.route], { t });
  assert.ok((await sendRaw(port, request("HEAD /events"))).endsWith("\r\n\r\n"));
  assert.equal(stream.given, 0);
});

test("a stream that breaks is cut off, so that its client can tell it from a whole one", async (t) => {
  const broken: Route = {
    path: "/broken",
    answer: async () => ({
      status: 200,
      body: (async function* () {
        yield Buffer.from("half");
        throw new Error("torn");
      })(),
    }),
  };
  const { url, telemetry } = await openedDoor([broken], { t });
  await assert.rejects(fetch(new URL("/broken", url)).then((response) => response.text()));
  await eventually(() => telemetry.aloud().includes("error: Door could not answer"));
});

test("a stop ends streams at once, lets other answers finish, and lets nobody else in", async (t) => {
  let answer: ((body: string) => void) | undefined;
  const slow: Route = {
    path: "/slow",
    answer: () =>
      new Promise((resolve) => {
        answer = (body) => resolve({ status: 200, body });
      }),
  };
  const { door, url } = await openedDoor([quiet, slow], { t, times: { stopMs: 60_000 } });
  const stream = await fetch(new URL("/quiet", url));
  const late = fetch(new URL("/slow", url));
  await eventually(() => answer !== undefined);
  const closed = door.close();
  assert.equal(await stream.text(), "data: hello\n\n");
  await assert.rejects(fetch(new URL("/slow", url)));
  answer?.("at last");
  assert.equal(await (await late).text(), "at last");
  await closed;
  assert.equal(door.url, undefined);
});

test("a stop waits for no answer that takes too long, and for no client that keeps its connection", async (t) => {
  const signals: AbortSignal[] = [];
  const never: Route = {
    path: "/never",
    answer: ({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  };
  const { door, url } = await openedDoor([never, textRoute("/metrics")], { t, times: { stopMs: 50 } });
  await (await fetch(new URL("/metrics", url))).text();
  const unanswered = fetch(new URL("/never", url));
  unanswered.catch(() => undefined);
  await eventually(() => signals.length === 1);
  await door.close();
  await assert.rejects(unanswered);
  assert.ok(signals[0]?.aborted);
});
