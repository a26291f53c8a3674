import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError, type LogBody } from "../../src/engine/engine.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { introduced, type Script, startScriptedEngine } from "./scripted-engine.ts";

async function withLogs(
  script: Script,
  work: (parts: {
    engine: ReturnType<typeof createEngine>;
    asked: string[];
    telemetry: ReturnType<typeof recordingTelemetry>;
  }) => Promise<void>,
) {
  const server = await startScriptedEngine(introduced({ "Api-Version": "1.51" }, script));
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: server.address, requestTimeoutMs: 300 }, telemetry);
  try {
    await work({ engine, asked: server.asked, telemetry });
  } finally {
    engine.close();
    await server.close();
  }
}

const { signal } = new AbortController();

test("a log is asked with both streams and the times, and told with the type of its content", () =>
  withLogs(
    (_request, response) =>
      response.writeHead(200, { "Content-Type": "application/vnd.docker.raw-stream" }).end("bytes"),
    async ({ engine, asked }) => {
      const reply = await engine.containerLogs({ id: "abc", follow: true, tail: 1000, since: "5.000000001", signal });
      assert.equal(reply.contentType, "application/vnd.docker.raw-stream");
      assert.equal(reply.isEndTold, true);
      assert.equal(await textOf(reply.body), "bytes");
      assert.equal(
        asked.at(-1),
        "GET /v1.51/containers/abc/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=1000&since=5.000000001",
      );
    },
  ));

const REFUSALS: [status: number, body: string, kind: string][] = [
  [404, '{"message":"No such container: abc"}', "not-found"],
  [501, '{"message":"configured logging driver does not support reading"}', "unreadable-logs"],
  [409, '{"message":"can not get logs from container which is dead or marked for removal"}', "not-found"],
  [500, '{"message":"configured logging driver does not support reading"}', "unreadable-logs"],
  [500, '{"message":"this container is using the \'none\' log driver, cannot read logs"}', "unreadable-logs"],
  [500, '{"message":"driver failed"}', "refused-by-engine"],
];

for (const [status, body, kind] of REFUSALS) {
  test(`${status} ${body} rejects as ${kind}`, () =>
    withLogs(
      (_request, response) => response.writeHead(status, { "Content-Type": "application/json" }).end(body),
      async ({ engine }) => {
        await assert.rejects(engine.containerLogs({ id: "abc", follow: true, signal }), (error) => {
          assert.ok(error instanceof EngineError);
          assert.deepEqual([error.kind, error.statusCode], [kind, status]);
          return true;
        });
        assert.ok(engine.facts);
      },
    ));
}

test("a log that breaks off errors, and leaves the other logs open", async () => {
  const streams: ServerResponse[] = [];
  const script: Script = (_request, response) => {
    response.flushHeaders();
    streams.push(response);
  };
  await withLogs(script, async ({ engine }) => {
    const one = await engine.containerLogs({ id: "one", follow: true, signal });
    const other = await engine.containerLogs({ id: "other", follow: true, signal });
    streams[0]?.destroy();
    await assert.rejects(textOf(one.body));
    streams[1]?.end("still here");
    assert.equal(await textOf(other.body), "still here");
    assert.ok(engine.facts);
  });
});

test("an abort closes the connection", async () => {
  const stop = new AbortController();
  const streams: ServerResponse[] = [];
  const script: Script = (_request, response) => {
    response.flushHeaders();
    streams.push(response);
  };
  await withLogs(script, async ({ engine, telemetry }) => {
    const { body } = await engine.containerLogs({ id: "abc", follow: true, signal: stop.signal });
    stop.abort();
    await eventually(() => streams[0]?.destroyed && body.destroyed);
    assert.deepEqual(telemetry.counted(), {});
  });
});

test("a log that is silent for longer than a request's deadline stays open, one without a head does not", () =>
  withLogs(
    (request, response) => {
      if (!request.url?.includes("/mute/")) response.flushHeaders();
    },
    async ({ engine }) => {
      const { body } = await engine.containerLogs({ id: "abc", follow: true, signal });
      await assert.rejects(engine.containerLogs({ id: "mute", follow: true, signal }), /not answered within/);
      assert.equal(body.destroyed, false);
      body.destroy();
    },
  ));

async function textOf(body: LogBody): Promise<string> {
  let text = "";
  for await (const bytes of body) text += bytes;
  return text;
}
