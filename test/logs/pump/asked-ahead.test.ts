import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { describe, test } from "node:test";
import type { LogReply } from "../../../src/engine/engine.ts";
import { createAskedAhead } from "../../../src/logs/pump/asked-ahead.ts";
import { eventually } from "../../support/eventually.ts";

interface Asked {
  readonly id: string;
  readonly body: Readable;
  answer(): void;
  refuse(): void;
}

function stage({ untakenMs = 60_000, leastStartMs = 0 } = {}) {
  const asked: Asked[] = [];
  const stopping = new AbortController();
  const open = (id: string) =>
    new Promise<LogReply>((resolve, reject) => {
      const body = new Readable({ read() {} });
      const answer = () => resolve({ body, contentType: undefined, isEndTold: true });
      asked.push({ id, body, answer, refuse: () => reject(new Error("no")) });
    });
  return { ahead: createAskedAhead({ open, signal: stopping.signal, untakenMs, leastStartMs }), asked, stopping };
}

describe("what is asked for ahead of a container's start", () => {
  test("is given once, and is not late", async () => {
    const { ahead, asked } = stage();
    ahead.made("a");
    ahead.starting("a");
    asked[0]?.answer();
    assert.equal(ahead.has("a"), true);
    const { reply, isLate } = ahead.take("a");
    assert.equal((await reply)?.body, asked[0]?.body);
    assert.equal(isLate, false);
    assert.deepEqual([ahead.has("a"), ahead.take("a").reply], [false, undefined]);
  });

  test("is nothing of one that was seen to start before, as in a network that it comes into later", () => {
    const { ahead, asked } = stage();
    ahead.made("a");
    ahead.take("a");
    ahead.starting("a");
    assert.deepEqual(asked, []);
  });

  test("is missed only where the engine tells of starts at all", () => {
    const { ahead } = stage({ leastStartMs: 1 });
    assert.equal(ahead.take("a").isLate, false);
    ahead.starting("b");
    assert.equal(ahead.take("c").isLate, true);
  });

  test("is late where the start is told of at the same time", () => {
    const { ahead } = stage({ leastStartMs: 60_000 });
    ahead.made("a");
    ahead.starting("a");
    const { reply, isLate } = ahead.take("a");
    assert.ok(reply);
    assert.equal(isLate, true);
  });

  test("is closed when no start follows the answer", async () => {
    const { ahead, asked } = stage({ untakenMs: 1 });
    ahead.made("a");
    ahead.starting("a");
    asked[0]?.answer();
    await eventually(() => asked[0]?.body.destroyed);
    assert.equal(ahead.has("a"), false);
  });

  test("is forgotten when it is refused", async () => {
    const { ahead, asked } = stage();
    ahead.made("a");
    ahead.starting("a");
    asked[0]?.refuse();
    await eventually(() => !ahead.has("a"));
  });

  test("waits for 64 at once, and of those that were made the last 1,000 are known", () => {
    const { ahead, asked } = stage();
    for (let count = 0; count <= 1_000; count++) ahead.made(`${count}`);
    for (let count = 0; count <= 100; count++) ahead.starting(`${count}`);
    assert.deepEqual([asked.length, asked[0]?.id], [64, "1"]);
  });

  test("is nothing once the pump stops", () => {
    const { ahead, asked, stopping } = stage();
    ahead.made("a");
    stopping.abort();
    ahead.starting("a");
    assert.deepEqual(asked, []);
  });
});
