import assert from "node:assert/strict";
import { test } from "node:test";
import { PROXY_REFUSAL } from "../../src/demo/engine/faults.ts";
import { type SimulatedEngineOptions, startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine, type EngineOptions } from "../../src/engine/create-engine.ts";
import { EngineError, type EngineErrorKind } from "../../src/engine/engine.ts";
import { eventually } from "../support/eventually.ts";
import { recordingTelemetry } from "./recording-telemetry.ts";
import { introduced, type Script, startScriptedEngine } from "./scripted-engine.ts";

async function withEngine(
  options: SimulatedEngineOptions & { client?: Partial<EngineOptions> },
  work: (parts: {
    simulated: Awaited<ReturnType<typeof startSimulatedEngine>>;
    engine: ReturnType<typeof createEngine>;
    telemetry: ReturnType<typeof recordingTelemetry>;
  }) => Promise<void>,
) {
  const { client, ...profile } = options;
  const simulated = await startSimulatedEngine(profile);
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: simulated.address, ...client }, telemetry);
  try {
    await work({ simulated, engine, telemetry });
  } finally {
    engine.close();
    await simulated.close();
  }
}

async function withScript(
  script: Script,
  work: (parts: {
    server: Awaited<ReturnType<typeof startScriptedEngine>>;
    engine: ReturnType<typeof createEngine>;
  }) => Promise<void>,
) {
  const server = await startScriptedEngine(script);
  const engine = createEngine({ address: server.address }, recordingTelemetry());
  try {
    await work({ server, engine });
  } finally {
    engine.close();
    await server.close();
  }
}

function ofKind(kind: EngineErrorKind, message = /./) {
  return (error: unknown) => {
    assert.ok(error instanceof EngineError, `an EngineError, not ${error}`);
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, message);
    return true;
  };
}

const SPOKEN: [profile: SimulatedEngineOptions, prefix: string][] = [
  [{ engineVersion: "20.10.24" }, "1.41"],
  [{ engineVersion: "28.5.2" }, "1.51"],
  [{ engineVersion: "29.7.2" }, "1.55"],
  [{ flavour: "podman" }, "1.41"],
  [{ engineVersion: "31.0.0", apiVersion: "1.60", minApiVersion: "1.58" }, "1.58"],
];

for (const [profile, prefix] of SPOKEN) {
  const name = `${profile.flavour ?? "Docker"} ${profile.engineVersion ?? ""}`.trim();
  test(`${name} is asked in API ${prefix}`, () =>
    withEngine(profile, async ({ simulated, engine }) => {
      await engine.listContainers({ all: true });
      assert.equal(engine.facts?.apiVersion, prefix);
      const asked = simulated.requests.entries.map(({ apiVersion, path }) => [path, apiVersion]);
      assert.deepEqual(asked, [
        ["/_ping", undefined],
        ["/version", undefined],
        ["/info", prefix],
        ["/containers/json", prefix],
      ]);
    }));
}

test("an engine of API 1.24 is refused with the reason", () =>
  withScript(introduced({ "Api-Version": "1.24" }), async ({ engine }) => {
    await assert.rejects(engine.connect(), ofKind("unsupported", /1\.24 at most.*upgrade the engine/));
    assert.equal(engine.facts, undefined);
  }));

test("without the version header nothing is prefixed", () => {
  const listing: Script = (_request, response) => response.end("[]");
  return withScript(introduced({}, listing), async ({ server, engine }) => {
    assert.deepEqual(await engine.listContainers({ all: true }), []);
    assert.deepEqual(server.asked, ["GET /_ping", "GET /version", "GET /info", "GET /containers/json?all=true"]);
  });
});

test("Podman is known by its Server header", () =>
  withEngine({ flavour: "podman" }, async ({ engine }) => {
    const facts = await engine.connect();
    assert.deepEqual([facts.flavour, facts.engineVersion, facts.instantStats], ["podman", "5.4.2", true]);
  }));

test("tcp is spoken as well, and is not local", () =>
  withEngine({ address: { port: 0 } }, async ({ engine }) => {
    assert.equal((await engine.connect()).local, false);
    assert.deepEqual(await engine.listContainers({ all: true }), []);
  }));

test("DOCKER_HOST and its companions change nothing", async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    DOCKER_HOST: "tcp://not a host:::",
    DOCKER_TLS_VERIFY: "1",
    DOCKER_CERT_PATH: "/nowhere",
    DOCKER_CLIENT_TIMEOUT: "1",
    DOCKER_API_VERSION: "1.12",
    DOCKER_PATH_PREFIX: "/elsewhere",
  });
  try {
    for (const address of [undefined, { port: 0 }])
      await withEngine(address ? { address } : {}, async ({ simulated, engine }) => {
        await engine.listContainers({ all: true });
        assert.equal(simulated.requests.count("/containers/json"), 1);
        assert.equal(process.env.DOCKER_HOST, "tcp://not a host:::");
      });
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  }
});

test("callers at the same time share one handshake", () =>
  withEngine({}, async ({ simulated, engine }) => {
    await Promise.all([engine.connect(), engine.listContainers({ all: true }), engine.connect()]);
    assert.equal(simulated.requests.count("/_ping"), 1);
  }));

test("an engine that went away and came back as a newer one is greeted anew", () =>
  withEngine({ engineVersion: "20.10.24" }, async ({ simulated, engine }) => {
    const told: string[] = [];
    engine.onConnected(({ engineVersion }) => told.push(engineVersion));
    engine.onLost(({ kind }) => told.push(kind));
    await engine.listContainers({ all: true });
    const before = engine.facts;

    await simulated.down();
    await assert.rejects(engine.listContainers({ all: true }), ofKind("unreachable", /is the engine running/));
    assert.equal(engine.facts, undefined);
    await assert.rejects(engine.listContainers({ all: true }), ofKind("unreachable"));

    simulated.upgrade({ engineVersion: "29.0.0" });
    await simulated.up();
    await engine.listContainers({ all: true });
    const after = await engine.connect();
    assert.equal(after.apiVersion, "1.52");
    assert.notEqual(after, before);
    assert.deepEqual(told, ["20.10.24", "unreachable", "29.0.0"]);
  }));

test("an engine that was upgraded without a break refuses the old version once, and is asked in its own", () =>
  withEngine({ engineVersion: "20.10.24" }, async ({ simulated, engine }) => {
    await engine.connect();
    simulated.upgrade({ engineVersion: "29.0.0" });
    assert.deepEqual(await engine.listContainers({ all: true }), []);
    assert.equal(engine.facts?.apiVersion, "1.52");
  }));

test("the same after a downgrade", () =>
  withEngine({ engineVersion: "29.7.2" }, async ({ simulated, engine }) => {
    await engine.connect();
    simulated.upgrade({ engineVersion: "20.10.24" });
    assert.deepEqual(await engine.listContainers({ all: true }), []);
    assert.equal(engine.facts?.apiVersion, "1.41");
  }));

test("a proxy that forbids /info costs its facts only, and is named once with the remedy", () =>
  withEngine({}, async ({ simulated, engine, telemetry }) => {
    simulated.faults.add({ path: "/info", fault: PROXY_REFUSAL });
    const facts = await engine.connect();
    assert.deepEqual([facts.engineVersion, facts.hostName, facts.memoryBytes], ["28.5.2", undefined, undefined]);
    assert.deepEqual(await engine.listContainers({ all: true }), []);

    await simulated.down();
    await assert.rejects(engine.listContainers({ all: true }));
    await simulated.up();
    await engine.connect();
    const said = telemetry.said.filter(({ level }) => level === "error");
    assert.equal(said.length, 1);
    assert.match(String(said[0]?.fields.error), /GET \/v1.51\/info of unix:.* was forbidden \(403\)\. .*INFO=1/);
    assert.doesNotMatch(String(said[0]?.fields.error), /<|html/);

    simulated.faults.clear();
    await simulated.down();
    await assert.rejects(engine.listContainers({ all: true }));
    await simulated.up();
    assert.equal((await engine.connect()).hostName, "demo-host");
    assert.ok(telemetry.aloud().includes("info: Engine lets a request through that it forbade"));
  }));

test("a proxy that forbids /version too leaves what the ping tells", () =>
  withEngine({}, async ({ simulated, engine }) => {
    simulated.faults.add({ path: /^\/(info|version)$/, fault: PROXY_REFUSAL });
    const facts = await engine.connect();
    assert.deepEqual([facts.engineVersion, facts.apiVersion], ["28.5.2", "1.51"]);
  }));

test("a redirect is not followed", async () => {
  const elsewhere = await startScriptedEngine((_request, response) => response.end("[]"));
  const redirecting: Script = (_request, response) => response.writeHead(302, { Location: "ftp://elsewhere/x" }).end();
  try {
    await withScript(introduced({ "Api-Version": "1.41" }, redirecting), async ({ server, engine }) => {
      await assert.rejects(engine.listContainers({ all: true }), ofKind("refused-by-engine", /redirected \(302\)/));
      assert.equal(server.asked.length, 4);
    });
    assert.deepEqual(elsewhere.asked, []);
  } finally {
    await elsewhere.close();
  }
});

test("a list is read loosely: entries and fields of other types are left out", () => {
  const id = "ab".repeat(32);
  const list = [
    null,
    7,
    {},
    { Id: 12 },
    { Id: "../x" },
    { Id: id, Names: ["/web", 3], Labels: ["x"], Created: "now", State: 1, Image: "i" },
  ];
  const listing: Script = (_request, response) => response.end(JSON.stringify(list));
  return withScript(introduced({}, listing), async ({ engine }) => {
    assert.deepEqual(await engine.listContainers({ all: true }), [{ Id: id, Names: ["/web"], Image: "i" }]);
  });
});

const NO_NUMBERS = [
  '{"cause":"x","message":"container is stopped","response":500}',
  '{"message":"no metrics received"}',
];
for (const body of NO_NUMBERS) {
  test(`stats that say only ${body} are a refusal`, () =>
    withScript(
      introduced({}, (_request, response) => response.end(body)),
      async ({ engine }) => {
        await assert.rejects(engine.containerStats("abcdef"), ofKind("refused-by-engine", /has no stats of container/));
      },
    ));
}

test("an address that can't be understood throws at once", () => {
  assert.throws(() => createEngine({ address: "ssh://host" }, recordingTelemetry()), /ssh is not spoken/);
});

test("a TLS file that can't be read is named", async () => {
  const engine = createEngine({ address: "tcp://127.0.0.1:1", tls: { ca: "/nowhere/ca.pem" } }, recordingTelemetry());
  await assert.rejects(engine.connect(), ofKind("unreachable", /TLS file \(ca\).*\/nowhere\/ca\.pem/));
  engine.close();
});

test("a closed client sends nothing more", () =>
  withEngine({}, async ({ simulated, engine }) => {
    await engine.connect();
    engine.close();
    await assert.rejects(engine.listContainers({ all: true }), ofKind("unreachable", /closed/));
    assert.equal(simulated.requests.count("/containers/json"), 0);
  }));

test("closing breaks off what is under way on a connection that was used before, and does not ask again", () =>
  withEngine({}, async ({ simulated, engine }) => {
    await engine.connect();
    simulated.faults.add({
      path: "/containers/json",
      fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY },
    });
    const list = engine.listContainers({ all: true });
    await eventually(() => simulated.requests.count("/containers/json") === 1);
    engine.close();
    await assert.rejects(list, ofKind("unreachable", /hang up/));
    assert.equal(simulated.requests.count("/containers/json"), 1);
  }));

test("closing breaks off what is under way on a link that was dropped before, too", () =>
  withEngine({ client: { requestTimeoutMs: 50, statsTimeoutMs: 20_000 } }, async ({ simulated, engine }) => {
    const id = simulated.containers.run();
    const never = { kind: "delay", delayMs: Number.POSITIVE_INFINITY } as const;
    simulated.faults.add({ path: /stats$/, fault: never });
    simulated.faults.add({ path: "/containers/json", fault: never });
    const stats = assert.rejects(engine.containerStats(id), ofKind("unreachable", /hang up/));
    await eventually(() => simulated.requests.count(/stats$/) === 1);
    await assert.rejects(engine.listContainers({ all: true }), ofKind("timeout"));
    assert.equal(engine.facts, undefined, "dropped");
    engine.close();
    await stats;
  }));
