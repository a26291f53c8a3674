import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fault } from "../../src/demo/engine/faults.ts";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError, type EngineErrorKind } from "../../src/engine/engine.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { startScriptedEngine } from "./scripted-engine.ts";

const REPLIES: Record<string, [fault: Fault, kind: EngineErrorKind, message: RegExp]> = {
  "headers that never come": [
    { kind: "delay", delayMs: Number.POSITIVE_INFINITY },
    "timeout",
    /not answered within 300 ms/,
  ],
  "a body that stalls": [{ kind: "stall", afterBytes: 20 }, "timeout", /not answered within 300 ms/],
  "a body that never ends": [{ kind: "endless" }, "too-large", /sent more than \d+ bytes/],
  "a connection that is lost before the headers": [{ kind: "refuse" }, "unreachable", /socket hang up/],
  "a connection that is lost in mid-body": [{ kind: "truncate", afterBytes: 20 }, "unreachable", /./],
  "a body that is no JSON": [{ kind: "malformed" }, "malformed", /\d+ characters of something else where JSON was due/],
  "an empty body": [respond(200, ""), "malformed", /answered with nothing/],
  null: [respond(200, "null"), "malformed", /where JSON was due/],
  "a number": [respond(200, "7"), "malformed", /where JSON was due/],
  "a proxy's 403": [PROXY_REFUSAL, "forbidden", /was forbidden \(403\)\. A socket proxy has to let.*CONTAINERS=1/],
  "an authorisation plugin's 403": [
    respond(403, '{"message":"authorization denied by plugin x"}'),
    "forbidden",
    /denied by plugin x/,
  ],
  "a 404": [respond(404, '{"message":"No such container: x"}'), "not-found", /No such container: x/],
  "a 409": [
    respond(409, '{"message":"container x is not running"}'),
    "refused-by-engine",
    /\(409\): container x is not/,
  ],
  "a 500": [respond(500, '{"message":"driver failed"}'), "refused-by-engine", /\(500\): driver failed/],
  "a 500 with a page": [respond(500, "<html>secret</html>"), "refused-by-engine", /\(500\)$/],
  "a proxy's 503": [
    respond(503, "<html>No server is available</html>"),
    "unreachable",
    /proxy without its engine \(503\)/,
  ],
  "a 400 of a TLS port": [
    respond(400, "Client sent an HTTP request to an HTTPS server.\n"),
    "refused-by-engine",
    /use https:\/\//,
  ],
};

function respond(status: number, body: string): Fault {
  return { kind: "respond", status, body };
}

let simulated: Awaited<ReturnType<typeof startSimulatedEngine>>;
let id: string;
before(async () => {
  simulated = await startSimulatedEngine();
  id = simulated.containers.run({ name: "web" });
});
after(() => simulated.close());

for (const [name, [fault, kind, message]] of Object.entries(REPLIES)) {
  for (const operation of ["list", "inspect", "stats"] as const) {
    // Reading a list's whole cap of 256 MiB would show no more than an inspect's 8.
    if (operation === "list" && fault.kind === "endless") continue;
    // Of stats it has a meaning: see below.
    if (operation === "stats" && name === "an empty body") continue;
    test(`${name} in answer to ${operation} is "${kind}", and leaves nothing behind`, async () => {
      const telemetry = recordingTelemetry();
      const timeoutMs = fault.kind === "endless" ? 20_000 : 300;
      const client = { address: simulated.address, requestTimeoutMs: timeoutMs, statsTimeoutMs: timeoutMs };
      const engine = createEngine(client, telemetry);
      const ask = {
        list: () => engine.listContainers({ all: true }),
        inspect: () => engine.inspectContainer(id),
        stats: () => engine.containerStats(id),
      }[operation];
      try {
        await engine.connect();
        simulated.faults.add({ path: /^\/containers\//, fault });
        await assert.rejects(ask(), (error) => {
          assert.ok(error instanceof EngineError);
          assert.equal(error.kind, kind, error.message);
          assert.match(error.message, message);
          assert.match(error.message, /GET \/v1.51\/containers\/.* of unix:/);
          assert.ok(error.message.length < 500 && !/<html|secret/.test(error.message));
          return true;
        });
        // The engine's side sees the end of what was given up.
        await eventually(() => simulated.requests.inFlight === 0);
        assert.equal(
          telemetry.counted()[`tallyman_engine_errors_total{kind=${kind}}`],
          kind === "not-found" ? undefined : 1,
        );
        assert.equal(
          engine.facts === undefined,
          kind === "unreachable" || (kind === "timeout" && operation === "list"),
        );

        simulated.faults.clear();
        await ask();
      } finally {
        simulated.faults.clear();
        engine.close();
      }
    });
  }
}

test("an empty body in answer to stats says that the container is gone, as engine 20.10 does it", async () => {
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: simulated.address }, telemetry);
  try {
    await engine.connect();
    simulated.faults.add({ path: /stats$/, fault: respond(200, "") });
    await assert.rejects(
      engine.containerStats(id),
      (error) => error instanceof EngineError && error.kind === "not-found",
    );
    assert.deepEqual(telemetry.counted(), {});
  } finally {
    simulated.faults.clear();
    engine.close();
  }
});

test("a signal gives up before the deadline", async () => {
  const engine = createEngine({ address: simulated.address }, recordingTelemetry());
  const giveUp = new AbortController();
  try {
    await engine.connect();
    simulated.faults.add({ path: /stats$/, fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY } });
    const stats = engine.containerStats(id, giveUp.signal);
    await eventually(() => simulated.requests.inFlight === 1);
    giveUp.abort();
    await assert.rejects(
      stats,
      (error) => error instanceof EngineError && /given up by its caller/.test(error.message),
    );
    await eventually(() => simulated.requests.inFlight === 0);
    assert.ok(engine.facts);
  } finally {
    simulated.faults.clear();
    engine.close();
  }
});

test("one container's lost connection does not end the requests beside it", async () => {
  const engine = createEngine({ address: simulated.address }, recordingTelemetry());
  try {
    await engine.connect();
    simulated.faults.add({ path: /top$/, fault: { kind: "delay", delayMs: 100 } });
    simulated.faults.add({ path: /stats$/, fault: { kind: "refuse" } });
    const beside = Promise.all([engine.containerTop(id), engine.containerTop(id), engine.containerTop(id)]);
    await assert.rejects(engine.containerStats(id));
    assert.equal((await beside).filter(({ Titles }) => Titles).length, 3);
  } finally {
    simulated.faults.clear();
    engine.close();
  }
});

test("an idle connection that the engine closed is no failure", async () => {
  let served = 0;
  // Answers, and closes the connection a moment later without having said so, as an engine with a short idle time does.
  const server = await startScriptedEngine((request, response) => {
    served++;
    const { socket } = request;
    response.end(request.url === "/_ping" ? "OK" : "{}");
    response.on("finish", () => setImmediate(() => socket.destroy()));
  });
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: server.address }, telemetry);
  try {
    for (let round = 0; round < 50; round++) await engine.inspectContainer("abcdef");
    assert.ok(served >= 53);
    assert.deepEqual(telemetry.counted(), {});
  } finally {
    engine.close();
    await server.close();
  }
});

test("something that does not speak HTTP is called so", async () => {
  const server = await startScriptedEngine((request) => request.socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
  const engine = createEngine({ address: server.address }, recordingTelemetry());
  try {
    await assert.rejects(
      engine.connect(),
      (error) => error instanceof EngineError && error.kind === "malformed" && /not HTTP/.test(error.message),
    );
  } finally {
    engine.close();
    await server.close();
  }
});

test("two hundred requests that are given up leave no connection open", async () => {
  const server = await startScriptedEngine((request, response) => {
    if (request.url === "/_ping") response.end("OK");
    else if (/version|info/.test(request.url ?? "")) response.end("{}");
  });
  const engine = createEngine({ address: server.address, requestTimeoutMs: 200 }, recordingTelemetry());
  try {
    await engine.connect();
    const asked = Array.from({ length: 200 }, () => engine.inspectContainer("abcdef"));
    const outcomes = await Promise.allSettled(asked);
    assert.ok(outcomes.every(({ status }) => status === "rejected"));
    await eventually(() => server.openConnections <= 1);
  } finally {
    engine.close();
    await server.close();
  }
});

test("a closed client leaves no connection open", async () => {
  const server = await startScriptedEngine((_request, response) => response.end("{}"));
  const engine = createEngine({ address: server.address }, recordingTelemetry());
  await Promise.all(Array.from({ length: 20 }, () => engine.inspectContainer("abcdef")));
  engine.close();
  await eventually(() => server.openConnections === 0);
  await server.close();
});
