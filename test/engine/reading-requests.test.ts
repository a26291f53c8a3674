import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { parseAddress } from "../../src/engine/address.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import { createDialler } from "../../src/engine/modem.ts";
import { isReadingRequest } from "../../src/engine/reading-requests.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { startScriptedEngine } from "./scripted-engine.ts";

const ID = "17a40b0a2969cb169b65cf83520bbc44311b7e3673e86daee3552cfe4a5f2f76";

const ALLOWED = [
  "/_ping",
  "/version",
  "/v1.41/info",
  "/v1.51/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D",
  "/v1.51/containers/json?all=true&size=true",
  `/v1.51/containers/${ID}/json`,
  `/containers/${ID}/stats?stream=false&one-shot=true`,
  "/containers/web-1.example_2/top",
  `/containers/${ID}/logs?follow=1&since=1795236241.768248560`,
];

for (const path of ALLOWED) {
  test(`GET ${path.replace(ID, "ID")} may be sent`, () => {
    assert.ok(isReadingRequest({ method: "GET", path }));
  });
}

const FORBIDDEN: [method: string, path: string][] = [
  ["POST", "/containers/json"],
  ["DELETE", `/containers/${ID}`],
  ["PUT", `/containers/${ID}/archive`],
  ["get", "/_ping"],
  ["GET", `/containers/${ID}`],
  ["GET", `/containers/${ID}/archive?path=/etc/shadow`],
  ["GET", `/containers/${ID}/export`],
  ["GET", `/containers/${ID}/json/../export`],
  ["GET", "/containers/../secrets/json"],
  ["GET", "/containers/%2e%2e/json"],
  ["GET", "/containers//json"],
  ["GET", "/containers/a b/json"],
  ["GET", "/containers/a\r\nHost: x/json"],
  ["GET", "/images/json"],
  ["GET", "/secrets"],
  ["GET", "/v1.51/configs"],
  ["GET", "/_ping\n"],
  ["GET", "/version/x"],
  ["GET", "http://elsewhere/_ping"],
  ["GET", "//elsewhere/_ping"],
  ["GET", ""],
];

for (const [method, path] of FORBIDDEN) {
  test(`${method} ${JSON.stringify(path).replace(ID, "ID")} may not be sent`, () => {
    assert.ok(!isReadingRequest({ method, path }));
  });
}

test("what may not be sent is refused before a byte leaves", async () => {
  const server = await startScriptedEngine((_request, response) => response.end());
  const dialler = createDialler(parseAddress(server.address));
  const undertaking = { over: false, breakOff: undefined };
  try {
    const reading = ["/containers/x/export", "/images/json", "/containers/../info/../secrets", "/info\r\nHost: x"];
    const requests = [
      ...reading.map((path) => ({ method: "GET", path }) as const),
      { method: "POST" as "GET", path: "/_ping" },
      { method: "GET", path: "/containers/x/export", query: { follow: 1 } },
    ] as const;
    for (const request of requests) {
      await assert.rejects(dialler.dial(request, undertaking), /not among the requests/);
      await assert.rejects(dialler.dialRaw(request, undertaking), /not among the requests/);
    }
    assert.deepEqual(server.asked, []);
    assert.equal(server.openConnections, 0);
  } finally {
    dialler.destroy();
    await server.close();
  }
});

test("all that the engine's room can send is on the list", async () => {
  const simulated = await startSimulatedEngine();
  const id = simulated.containers.run({ name: "web" });
  const engine = createEngine({ address: simulated.address }, recordingTelemetry());
  const stop = new AbortController();
  try {
    await engine.connect();
    await engine.listContainers({ all: true });
    await engine.listContainers({ all: false, size: true, limit: 3 });
    await engine.inspectContainer(id);
    await engine.inspectContainer("web");
    await engine.containerStats(id);
    await engine.containerTop(id);
    const filters = { type: ["container"], event: ["start", "health_status"] };
    for await (const _ of engine.events({ filters, signal: stop.signal, onOpen: () => stop.abort() }));
    const { signal } = new AbortController();
    const logs = { id, follow: false, tail: 10, since: "1.000000001", until: "2.5", signal };
    const { body } = await engine.containerLogs(logs);
    body.destroy();
    const sent = simulated.requests.entries;
    assert.deepEqual(
      sent.filter(({ method, url }) => !isReadingRequest({ method, path: url })),
      [],
    );
    assert.equal(new Set(sent.map(({ path }) => path)).size, 10);
  } finally {
    engine.close();
    await simulated.close();
  }
});

test("a method of the engine without a request here would be missed by the test above", () => {
  const engine = createEngine({ address: "/nowhere.sock" }, recordingTelemetry());
  assert.deepEqual(Object.keys(engine).sort(), [
    "address",
    "close",
    "connect",
    "containerLogs",
    "containerStats",
    "containerTop",
    "events",
    "facts",
    "inspectContainer",
    "listContainers",
    "onConnected",
    "onLost",
  ]);
  engine.close();
});

test("bytes leave the room in one place only", () => {
  const room = join(import.meta.dirname, "../../src/engine");
  const sources = readdirSync(room).filter((file) => !file.endsWith(".d.ts"));
  const senders = sources.filter((file) => {
    const code = readFileSync(join(room, file), "utf8").replace(/^import type .*$/gm, "");
    return /from "(node:(http|https|net|tls|child_process|dgram)|docker-modem)"|\bfetch\(/.test(code);
  });
  assert.deepEqual(senders, ["modem.ts"]);
});

for (const id of ["../x", "", "a/b", "x?y", "-x", "x\n", "."]) {
  test(`${JSON.stringify(id)} is not taken for a container's id`, async () => {
    const server = await startScriptedEngine((_request, response) => response.end());
    const engine = createEngine({ address: server.address }, recordingTelemetry());
    try {
      for (const ask of [engine.inspectContainer, engine.containerTop, engine.containerStats])
        await assert.rejects(ask(id), (error) => error instanceof EngineError && error.kind === "unsupported");
      const { signal } = new AbortController();
      await assert.rejects(engine.containerLogs({ id, follow: false, signal }), /can't be a container's id/);
      assert.deepEqual(server.asked, []);
    } finally {
      engine.close();
      await server.close();
    }
  });
}
