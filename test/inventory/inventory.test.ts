import assert from "node:assert/strict";
import { test } from "node:test";
import { PROXY_REFUSAL, WRONG_TYPES } from "../../src/demo/engine/faults.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../src/engine/create-engine.ts";
import { EngineError } from "../../src/engine/engine.ts";
import { createInventory } from "../../src/inventory/create-inventory.ts";
import type { ContainerFilter, InventoryOptions } from "../../src/inventory/inventory.ts";
import { createBackoff } from "../../src/kit/backoff.ts";
import { recordingTelemetry } from "../engine/recording-telemetry.ts";
import { introduced, startScriptedEngine } from "../engine/scripted-engine.ts";
import { eventually } from "../support/eventually.ts";

const NONE: ContainerFilter = { names: [], images: [], labels: [] };

interface Parts {
  simulated: Awaited<ReturnType<typeof startSimulatedEngine>>;
  engine: ReturnType<typeof createEngine>;
  inventory: ReturnType<typeof createInventory>;
  telemetry: ReturnType<typeof recordingTelemetry>;
  /** Moves both clocks, the engine's and ours. */
  pass: (seconds: number) => void;
  inspects: () => number;
  /** Lists, and gives the container of that name. */
  look: (name: string) => ReturnType<typeof lookFor>;
}

async function withInventory(options: Partial<InventoryOptions>, work: (parts: Parts) => Promise<void>) {
  let nowMs = Date.UTC(2026, 10, 21);
  const simulated = await startSimulatedEngine({ clock: () => nowMs });
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: simulated.address, requestTimeoutMs: 2_000 }, telemetry);
  const inventory = createInventory({
    engine,
    telemetry,
    options: { include: NONE, exclude: NONE, ...options },
    nowMs: () => nowMs,
    backoff: createBackoff({ firstMs: 5, maxMs: 20 }),
  });
  try {
    await work({
      simulated,
      engine,
      inventory,
      telemetry,
      pass: (seconds) => {
        nowMs += seconds * 1000;
      },
      inspects: () => simulated.requests.count(/^\/containers\/[^/]+\/json$/),
      look: (name) => lookFor(inventory, name),
    });
  } finally {
    inventory.stop();
    engine.close();
    await simulated.close();
  }
}

async function lookFor(inventory: Parts["inventory"], name: string) {
  const containers = await inventory.containers();
  const found = containers.find(({ summary }) => summary.Names?.includes(`/${name}`));
  assert.ok(found, `${name} among ${containers.length}`);
  return found;
}

/** With the event stream open, which a test's inventory has from here on. */
async function watched({ simulated, inventory }: Parts) {
  inventory.start();
  await eventually(() => simulated.eventStreams.count === 1);
}

test("all containers are listed, stopped ones too, with their inspects", () =>
  withInventory({}, async ({ simulated, inventory }) => {
    simulated.containers.run({ name: "web" });
    simulated.containers.stop(simulated.containers.run({ name: "job" }), 3);
    const containers = await inventory.containers();
    const told = containers.map(({ inspect, summary, oomEvents }) => [
      summary.State,
      inspect.State?.ExitCode,
      oomEvents,
    ]);
    assert.deepEqual(told.sort(), [
      ["exited", 3, 0],
      ["running", 0, 0],
    ]);
  }));

test("while nothing changes nothing is inspected again, and the objects stay the same", () =>
  withInventory({}, async (parts) => {
    const { simulated, inventory, inspects, pass } = parts;
    for (let i = 0; i < 30; i++) simulated.containers.run({ name: `c-${i}`, healthcheck: "healthy" });
    await watched(parts);
    const before = await inventory.containers();
    for (let round = 0; round < 10; round++) {
      pass(15);
      const after = await inventory.containers();
      for (const [i, { inspect }] of after.entries()) assert.equal(inspect, before[i]?.inspect);
    }
    assert.equal(inspects(), 30);
    assert.ok(simulated.requests.peakInFlight <= 8);
  }));

const CHANGES: Record<string, (containers: Parts["simulated"]["containers"]) => void> = {
  "is renamed": (containers) => {
    containers.rename("web", "other");
    containers.rename("other", "web");
  },
  "is paused": (containers) => containers.pause("web"),
  "is restarted": (containers) => containers.restart("web"),
  "restarts by its policy": (containers) => containers.crash("web", 1),
  "is stopped": (containers) => containers.stop("web"),
  "is updated": (containers) => containers.update("web", { memoryLimitBytes: 64 << 20 }),
  "becomes unhealthy": (containers) => containers.setHealth("web", "unhealthy"),
  "is replaced by another of its name": (containers) => {
    containers.remove("web");
    containers.run({ name: "web", image: "other" });
  },
};

/** What a container is, for comparing with the engine's own word. */
function essence({ inspect }: Awaited<ReturnType<typeof lookFor>>) {
  const { Id, Name, RestartCount, State, HostConfig, Config } = inspect;
  return { Id, Name, RestartCount, State, Memory: HostConfig?.Memory, Image: Config?.Image };
}

async function truth({ engine }: Parts) {
  const { Id, Name, RestartCount, State, HostConfig, Config } = await engine.inspectContainer("web");
  const { Status, Running, Paused, Restarting, OOMKilled, ExitCode, StartedAt, FinishedAt, Health } = State ?? {};
  return {
    Id,
    Name,
    RestartCount,
    State: {
      Status,
      Running,
      Paused,
      Restarting,
      OOMKilled,
      ExitCode,
      StartedAt,
      FinishedAt,
      Health: { Status: Health?.Status },
    },
    Memory: HostConfig?.Memory,
    Image: Config?.Image,
  };
}

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a container that ${what} is right at the next look, told by the event`, () =>
    withInventory({}, async (parts) => {
      const { simulated, look, pass } = parts;
      simulated.containers.run({ name: "web", image: "nginx", healthcheck: "healthy", startedAgoMs: 3_600_000 });
      await watched(parts);
      await look("web");
      pass(5);
      change(simulated.containers);
      pass(1);
      const expected = { ...(await truth(parts)) };
      await eventually(async () => JSON.stringify(essence(await look("web"))) === JSON.stringify(shaped(expected)));
    }));

  // Neither an update nor a name that came back shows in a list.
  if (what === "is updated" || what === "is renamed") continue;
  test(`a container that ${what} is right at the next look even if no event tells of it`, () =>
    withInventory({}, async (parts) => {
      const { simulated, look, pass } = parts;
      simulated.containers.run({ name: "web", image: "nginx", healthcheck: "healthy", startedAgoMs: 3_600_000 });
      await look("web");
      pass(5);
      change(simulated.containers);
      pass(1);
      assert.deepEqual(essence(await look("web")), shaped(await truth(parts)));
    }));
}

function shaped(expected: Awaited<ReturnType<typeof truth>>) {
  const { Health, ...state } = expected.State;
  return { ...expected, State: Health.Status === undefined ? state : { ...state, Health } };
}

test("a new name shows at once without an event", () =>
  withInventory({}, async ({ simulated, look }) => {
    simulated.containers.run({ name: "web" });
    await look("web");
    simulated.containers.rename("web", "shop");
    assert.equal((await look("shop")).inspect.Name, "/shop");
  }));

test("an update whose event was lost is noticed when the event stream returns", () =>
  withInventory({}, async (parts) => {
    const { simulated, look } = parts;
    simulated.containers.run({ name: "web", memoryLimitBytes: 32 << 20 });
    await watched(parts);
    assert.equal((await look("web")).inspect.HostConfig?.Memory, 32 << 20);
    await simulated.down();
    simulated.containers.update("web", { memoryLimitBytes: 64 << 20 });
    await simulated.up();
    await eventually(() => simulated.eventStreams.count === 1);
    await eventually(async () => (await look("web")).inspect.HostConfig?.Memory === 64 << 20);
  }));

test("without an event stream an inspect is believed for a minute", () =>
  withInventory({}, async ({ simulated, look, pass }) => {
    simulated.containers.run({ name: "web", memoryLimitBytes: 32 << 20, startedAgoMs: 3_600_000 });
    await look("web");
    simulated.containers.update("web", { memoryLimitBytes: 64 << 20 });
    pass(59);
    assert.equal((await look("web")).inspect.HostConfig?.Memory, 32 << 20);
    pass(2);
    assert.equal((await look("web")).inspect.HostConfig?.Memory, 64 << 20);
  }));

test("with one it is asked for anew within a quarter of an hour, in case an event was dropped", () =>
  withInventory({}, async (parts) => {
    const { simulated, look, pass, inspects } = parts;
    simulated.containers.run({ name: "web", startedAgoMs: 3_600_000 });
    await watched(parts);
    const { inspect } = await look("web");
    pass(15 * 60);
    assert.equal((await look("web")).inspect, inspect, "the same object, since it told the same");
    assert.equal(inspects(), 2);
  }));

test("the stream that returns asks for all anew, and what tells the same stays the same object", () =>
  withInventory({}, async (parts) => {
    const { simulated, look, inspects } = parts;
    simulated.containers.run({ name: "web" });
    await watched(parts);
    const { inspect } = await look("web");
    simulated.eventStreams.end();
    await eventually(() => simulated.requests.count("/events") === 2 && simulated.eventStreams.count === 1);
    await eventually(async () => {
      assert.equal((await look("web")).inspect, inspect);
      return inspects() === 2;
    });
  }));

test("a removed container is gone at the next look", () =>
  withInventory({}, async ({ simulated, inventory, look }) => {
    simulated.containers.run({ name: "web" });
    await look("web");
    simulated.containers.remove("web");
    assert.deepEqual(await inventory.containers(), []);
  }));

test("out of memory kills are counted by container", () =>
  withInventory({}, async (parts) => {
    const { simulated, look } = parts;
    for (const name of ["web", "db"]) simulated.containers.run({ name, memoryLimitBytes: 32 << 20 });
    await watched(parts);
    assert.equal((await look("web")).oomEvents, 0);
    simulated.containers.oom("web");
    simulated.containers.oom("web");
    await eventually(async () => (await look("web")).oomEvents === 2);
    assert.equal((await look("db")).oomEvents, 0);
  }));

test("one container's failed inspect leaves just that one out, and it is back at the next look", () =>
  withInventory({}, async ({ simulated, inventory, telemetry }) => {
    const id = simulated.containers.run({ name: "web" });
    simulated.containers.run({ name: "db" });
    simulated.faults.add({ path: `/containers/${id}/json`, fault: { kind: "malformed" }, times: 1 });
    assert.deepEqual(
      (await inventory.containers()).map(({ inspect }) => inspect.Name),
      ["/db"],
    );
    assert.equal(telemetry.counted()["tallyman_engine_errors_total{kind=malformed}"], 1);
    assert.equal((await inventory.containers()).length, 2);
  }));

test("a container that is gone between list and inspect is left out without a word", () =>
  withInventory({}, async ({ simulated, inventory, telemetry }) => {
    const id = simulated.containers.run({ name: "web" });
    const gone = { kind: "respond", status: 404, body: '{"message":"No such container"}' } as const;
    simulated.faults.add({ path: `/containers/${id}/json`, fault: gone });
    assert.deepEqual(await inventory.containers(), []);
    assert.deepEqual(telemetry.counted(), {});
  }));

test("an engine that is lost between list and inspects is not taken for one with fewer containers", () =>
  withInventory({}, async ({ simulated, inventory }) => {
    for (let i = 0; i < 20; i++) simulated.containers.run({ name: `c-${i}` });
    await inventory.containers();
    simulated.containers.run({ name: "new" });
    simulated.faults.add({ path: /^\/containers\/[^/]+\/json$/, fault: { kind: "refuse" } });
    await assert.rejects(
      inventory.containers(),
      (error) => error instanceof EngineError && error.kind === "unreachable",
    );
  }));

test("a change is asked for once, and until its inspect succeeds", () =>
  withInventory({}, async (parts) => {
    const { simulated, inventory, look, inspects } = parts;
    const id = simulated.containers.run({ name: "web", memoryLimitBytes: 32 << 20 });
    await watched(parts);
    await look("web");
    simulated.containers.update("web", { memoryLimitBytes: 64 << 20 });
    simulated.faults.add({ path: `/containers/${id}/json`, fault: { kind: "malformed" }, times: 1 });
    await eventually(() =>
      inventory.containers().then(
        () => false,
        () => true,
      ),
    );
    assert.equal((await look("web")).inspect.HostConfig?.Memory, 64 << 20);
    await look("web");
    assert.equal(inspects(), 3);
  }));

test("a proxy that lets the list through but no inspect is a failure, not an empty engine", () =>
  withInventory({}, async ({ simulated, inventory }) => {
    simulated.containers.run({ name: "web" });
    simulated.faults.add({ path: /^\/containers\/[^/]+\/json$/, fault: PROXY_REFUSAL });
    await assert.rejects(inventory.containers(), (error) => error instanceof EngineError && error.kind === "forbidden");
  }));

test("a list that can't be had rejects", () =>
  withInventory({}, async ({ simulated, inventory }) => {
    simulated.faults.add({ path: "/containers/json", fault: { kind: "malformed" } });
    await assert.rejects(inventory.containers(), (error) => error instanceof EngineError && error.kind === "malformed");
  }));

test("replies of other types than the API's throw nothing but engine errors", () =>
  withInventory({ include: { names: ["*"], images: ["*"], labels: [] } }, async ({ simulated, inventory }) => {
    simulated.containers.run({ name: "web" });
    simulated.faults.add({ path: /^\/containers\/[^/]+\/json$/, fault: WRONG_TYPES });
    await inventory.containers();
    simulated.faults.add({ path: "/containers/json", fault: WRONG_TYPES });
    await assert.rejects(inventory.containers(), (error) => error instanceof EngineError);
  }));

test("filters choose before anything is inspected", () =>
  withInventory({ include: { ...NONE, names: ["web-*"] } }, async ({ simulated, inventory, inspects }) => {
    for (const name of ["web-1", "web-2", "db"]) simulated.containers.run({ name });
    simulated.containers.run({ name: "web-3", labels: { "tallyman.enable": "false" } });
    assert.equal((await inventory.containers()).length, 2);
    assert.equal(inspects(), 2);
  }));

test("an image whose tag has moved on is still chosen by the name that the container was started by", async () => {
  const images: Record<string, string> = { a1b2: "nginx:1.27", c3d4: "redis:7" };
  const asked: string[] = [];
  const server = await startScriptedEngine(
    introduced({}, ({ url = "" }, response) => {
      asked.push(url);
      const id = /containers\/(\w{4})\/json/.exec(url)?.[1];
      const list = Object.keys(images).map((Id) => ({ Id, Image: `sha256:${"0".repeat(64)}`, State: "running" }));
      response.end(JSON.stringify(id ? { Id: id, Config: { Image: images[id] } } : list));
    }),
  );
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: server.address }, telemetry);
  const options = { include: { ...NONE, images: ["nginx:*"] }, exclude: NONE };
  const inventory = createInventory({ engine, telemetry, options });
  try {
    for (let round = 0; round < 4; round++)
      assert.deepEqual(
        (await inventory.containers()).map(({ summary }) => summary.Id),
        ["a1b2"],
      );
    // The other's name is not known before it was inspected once.
    assert.equal(asked.filter((url) => url.includes("c3d4")).length, 1);
  } finally {
    engine.close();
    await server.close();
  }
});

test("of more containers than the limit the newest are kept, which is said once and counted each time", () =>
  withInventory({ maxContainers: 3 }, async ({ simulated, inventory, telemetry, pass }) => {
    for (let i = 0; i < 5; i++) {
      simulated.containers.run({ name: `c-${i}` });
      pass(1);
    }
    for (let round = 0; round < 2; round++) {
      const names = (await inventory.containers()).map(({ inspect }) => inspect.Name);
      assert.deepEqual(names.sort(), ["/c-2", "/c-3", "/c-4"]);
    }
    assert.deepEqual(telemetry.aloud(), ["error: Engine has more containers than the limit: the oldest are left out"]);
    assert.equal(telemetry.counted().tallyman_containers_limit_passed_total, 2);
    for (const name of ["c-0", "c-1"]) simulated.containers.remove(name);
    await inventory.containers();
    assert.equal(telemetry.aloud().at(-1), "info: Engine's containers are within the limit again");
  }));

test("an engine that went and returned with another set of containers shows that set", () =>
  withInventory({}, async (parts) => {
    const { simulated, inventory } = parts;
    simulated.containers.run({ name: "web" });
    await watched(parts);
    await inventory.containers();
    await simulated.down();
    await assert.rejects(inventory.containers());
    simulated.containers.remove("web");
    simulated.containers.run({ name: "db" });
    await simulated.up();
    const names = await eventually(async () => (await inventory.containers()).map(({ inspect }) => inspect.Name));
    assert.deepEqual(names, ["/db"]);
  }));

test("a change is told when an event tells of it, and when the stream of events is opened again", () =>
  withInventory({}, async (parts) => {
    const { simulated, inventory } = parts;
    let told = 0;
    const stop = inventory.onChange(() => told++);
    await watched(parts);
    // Of what was before the stream.
    await eventually(() => told === 1);
    simulated.containers.run({ name: "web" });
    await eventually(() => told > 1);
    const before = told;
    await simulated.down();
    await simulated.up();
    await eventually(() => told > before);
    stop();
    const after = told;
    const another = new Promise<void>((resolve) => inventory.onChange(() => resolve()));
    await eventually(() => simulated.eventStreams.count === 1);
    simulated.containers.stop("web");
    await another;
    assert.equal(told, after, "nothing more to who has had enough");
  }));

test("one container can be had by itself as soon as it is told that it was started, and it is told that it died", () =>
  withInventory({ exclude: { ...NONE, images: ["busybox:*"] } }, async (parts) => {
    const { simulated, inventory } = parts;
    await watched(parts);
    const news: string[] = [];
    const told: unknown[] = [];
    inventory.onChange((one) => {
      if (!one) return;
      news.push(`${one.kind} ${one.id}`);
      told.push(one.summary);
    });
    const id = simulated.containers.run({ name: "web", image: "nginx:1.29", labels: { a: "b" } });
    const quiet = simulated.containers.run({ name: "quiet", image: "busybox:1" });
    await eventually(() => news.length >= 6);
    const kinds = ["created", "starting", "started"];
    assert.deepEqual(news, [...kinds.map((kind) => `${kind} ${id}`), ...kinds.map((kind) => `${kind} ${quiet}`)]);
    const summary = { Id: id, Names: ["/web"], Image: "nginx:1.29", Labels: { a: "b" } };
    const notChosen = [undefined, undefined, undefined];
    assert.deepEqual(told, [summary, undefined, summary, ...notChosen], "what is not chosen is told without");
    simulated.containers.stop(id);
    await eventually(() => news.length > 6);
    assert.equal(news[6], `died ${id}`);
    const listed = await parts.look("web");
    const alone = await inventory.container(id);
    assert.deepEqual(alone?.inspect, listed.inspect);
    assert.deepEqual(alone?.summary.Names, listed.summary.Names);
    assert.deepEqual(alone?.summary.Labels, listed.summary.Labels);
    assert.equal(await inventory.container(quiet), undefined);
    await assert.rejects(
      inventory.container("f".repeat(64)),
      (error) => error instanceof EngineError && error.kind === "not-found",
    );
  }));
