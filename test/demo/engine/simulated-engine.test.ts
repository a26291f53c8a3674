import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { after, test } from "node:test";
import { populate, populateMany } from "../../../src/demo/engine/populate.ts";
import { startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { ask } from "./ask.ts";

let nowMs = Date.now();
const engine = await startSimulatedEngine({ clock: () => nowMs });
after(() => engine.close());

test("_ping tells the API version by its headers, to HEAD as to GET", async () => {
  for (const method of ["GET", "HEAD"]) {
    const { status, headers, text } = await ask(engine, "/_ping", { method });
    assert.deepEqual([status, text], [200, method === "GET" ? "OK" : ""]);
    assert.equal(headers["api-version"], "1.51");
    assert.equal(headers.ostype, "linux");
    assert.equal(headers.server, "Docker/28.5.2 (linux)");
  }
});

for (const [engineVersion, apiVersion, minApiVersion] of [
  ["20.10.24", "1.41", "1.12"],
  ["25.0.3", "1.44", "1.24"],
  ["28.5.2", "1.51", "1.24"],
  ["29.1.0", "1.52", "1.44"],
  ["29.7.2", "1.55", "1.40"],
] as const) {
  test(`engine ${engineVersion} speaks API ${minApiVersion} to ${apiVersion}`, async () => {
    const other = await startSimulatedEngine({ engineVersion });
    const { json } = await ask(other, "/version");
    assert.deepEqual([json.ApiVersion, json.MinAPIVersion], [apiVersion, minApiVersion]);
    assert.equal((await ask(other, `/v${minApiVersion}/version`)).status, 200);
    const tooNew = await ask(other, "/v1.99/version");
    const maximum = `client version 1.99 is too new. Maximum supported API version is ${apiVersion}`;
    assert.deepEqual([tooNew.status, tooNew.json], [400, { message: maximum }]);
    const tooOld = await ask(other, "/v1.10/version");
    assert.equal(tooOld.status, 400);
    assert.match(tooOld.json.message, /^client version 1\.10 is too old\. Minimum supported API version is 1\.\d+/);
    await other.close();
  });
}

test("Podman is recognised by its headers, its version and its stats of a stopped container", async () => {
  const podman = await startSimulatedEngine({ flavour: "podman" });
  assert.equal((await ask(podman, "/_ping")).headers.server, "Libpod/5.4.2 (linux)");
  assert.equal((await ask(podman, "/version")).json.Components[0].Name, "Podman Engine");
  const id = podman.containers.run();
  podman.containers.exit(id);
  const told = await ask(podman, `/containers/${id}/stats?stream=false`);
  assert.deepEqual([told.status, told.json.response], [200, 500]);
  await podman.close();
});

test("the list has those that run or are paused, and all of them with all=1, the newest first", async () => {
  const other = await startSimulatedEngine();
  for (const name of ["one", "two", "three", "four"]) other.containers.run({ name });
  other.containers.create({ name: "five" });
  other.containers.exit("one");
  other.containers.pause("two");
  other.containers.crashAndWait("three");
  const names = async (query: string) =>
    (await ask(other, `/containers/json${query}`)).json.map(({ Names }: { Names: string[] }) => Names[0]);
  assert.deepEqual(await names(""), ["/four", "/three", "/two"]);
  assert.deepEqual(await names("?all=1"), ["/five", "/four", "/three", "/two", "/one"]);
  assert.deepEqual(await names("?limit=2"), ["/five", "/four"]);
  assert.deepEqual(await names(`?filters=${encodeURIComponent('{"status":["exited"]}')}`), ["/one"]);
  await other.close();
});

test("the list's Status reads as docker ps shows it", async () => {
  const other = await startSimulatedEngine({ clock: () => nowMs });
  other.containers.run({ name: "healthy", healthcheck: "healthy", startedAgoMs: 300_000 });
  other.containers.run({ name: "starting", healthcheck: true, startedAgoMs: 60_000 });
  other.containers.run({ name: "paused", startedAgoMs: 30 * 3_600_000 });
  other.containers.pause("paused");
  other.containers.run({ name: "exited" });
  other.containers.exit("exited", 3);
  nowMs += 5000;
  const { json } = await ask(other, "/containers/json?all=1");
  assert.deepEqual(
    json.map(({ Status }: { Status: string }) => Status),
    [
      "Exited (3) 5 seconds ago",
      "Up 30 hours (Paused)",
      "Up About a minute (health: starting)",
      "Up 5 minutes (healthy)",
    ],
  );
  await other.close();
});

test("a container is found by its id, the beginning of it, and its name", async () => {
  const id = engine.containers.run({ name: "found" });
  for (const name of [id, id.slice(0, 12), "found"]) {
    assert.equal((await ask(engine, `/containers/${name}/json`)).json.Id, id);
  }
  const { status, json } = await ask(engine, "/containers/nobody/json");
  assert.deepEqual([status, json], [404, { message: "No such container: nobody" }]);
});

test("inspect tells what changed: restarts, exit code, a new name, new limits", async () => {
  const id = engine.containers.run({ name: "changing", memoryLimitBytes: 2 ** 26 });
  const inspect = async () => (await ask(engine, `/containers/${id}/json`)).json;
  const before = await inspect();
  nowMs += 1000;
  engine.containers.crash(id, 7);
  engine.containers.rename(id, "changed");
  engine.containers.update(id, { memoryLimitBytes: 2 ** 27, nanoCpus: 5e8 });
  const now = await inspect();
  assert.deepEqual([before.RestartCount, now.RestartCount], [0, 1]);
  assert.ok(Date.parse(now.State.StartedAt) > Date.parse(before.State.StartedAt));
  assert.deepEqual([now.Name, now.HostConfig.Memory, now.HostConfig.NanoCpus], ["/changed", 2 ** 27, 5e8]);
  engine.containers.exit(id, 5);
  assert.deepEqual([(await inspect()).State.Status, (await inspect()).State.ExitCode], ["exited", 5]);
});

test("a removed container is not there any more, and its name is free for another", async () => {
  const first = engine.containers.run({ name: "again" });
  engine.containers.remove(first);
  assert.equal((await ask(engine, `/containers/${first}/json`)).status, 404);
  assert.notEqual(engine.containers.run({ name: "again" }), first);
});

test("top lists processes of a container that runs, and none of another", async () => {
  const id = engine.containers.run({ load: { threads: 5 } });
  const { json } = await ask(engine, `/containers/${id}/top`);
  assert.equal(json.Processes.length, 3);
  assert.equal(json.Processes[0].length, json.Titles.length);
  engine.containers.exit(id);
  assert.equal((await ask(engine, `/containers/${id}/top`)).status, 409);
});

test("a stream of one-shots is refused", async () => {
  const id = engine.containers.run();
  const { status, json } = await ask(engine, `/containers/${id}/stats?stream=1&one-shot=1`);
  assert.deepEqual([status, json.message], [400, "cannot have stream=true and one-shot=true"]);
});

test("a container that waits for its restart has no metrics", async () => {
  const id = engine.containers.run();
  engine.containers.crashAndWait(id);
  assert.equal((await ask(engine, `/containers/${id}/stats?stream=0`)).json.message, "no metrics received");
});

test("streamed stats are an object each tick, for as long as someone reads", async () => {
  const quick = await startSimulatedEngine({ statsTickMs: 5 });
  const id = quick.containers.run();
  const lines = await new Promise<string[]>((resolve, reject) => {
    let text = "";
    const asking = request({ socketPath: quick.socketPath, path: `/containers/${id}/stats` }, (response) => {
      response.on("data", (chunk) => {
        text += chunk;
        if (text.split("\n").length > 3) resolve(text.split("\n"));
      });
      response.on("error", () => {});
    });
    asking.on("error", reject);
    asking.end();
  });
  assert.equal(JSON.parse(lines[1] as string).id, id);
  await quick.close();
});

test("with slow stats a one-shot waits for the collector's tick", async () => {
  const slow = await startSimulatedEngine({ slowStats: true, statsTickMs: 1_000_000 });
  const id = slow.containers.run();
  await assert.rejects(ask(slow, `/containers/${id}/stats?stream=0&one-shot=1`, { timeoutMs: 200 }));
  slow.containers.exit(id);
  assert.equal((await ask(slow, `/containers/${id}/stats?stream=0&one-shot=1`)).json.read, "0001-01-01T00:00:00Z");
  await slow.close();
});

test("a request that would change something is refused and remembered", async () => {
  const { status } = await ask(engine, "/v1.51/containers/create?name=x", { method: "POST" });
  assert.equal(status, 405);
  assert.deepEqual(
    engine.violations.map(({ method, path }) => [method, path]),
    [["POST", "/containers/create"]],
  );
});

test("requests are logged with version, path and query, and counted", async () => {
  engine.requests.clear();
  await ask(engine, "/v1.44/containers/json?all=1");
  await ask(engine, "/info");
  const [first] = engine.requests.entries;
  assert.deepEqual(
    [first?.method, first?.apiVersion, first?.path, first?.query.get("all")],
    ["GET", "1.44", "/containers/json", "1"],
  );
  assert.deepEqual(
    [engine.requests.count(), engine.requests.count("/info"), engine.requests.count(/json$/)],
    [2, 1, 1],
  );
});

test("the most requests that were under way at once are told", async () => {
  engine.requests.clear();
  engine.faults.add({ path: "/version", fault: { kind: "delay", delayMs: 50 } });
  await Promise.all([ask(engine, "/version"), ask(engine, "/version"), ask(engine, "/version")]);
  engine.faults.clear();
  assert.equal(engine.requests.peakInFlight, 3);
});

test("an upgraded engine tells another version from then on", async () => {
  const other = await startSimulatedEngine({ engineVersion: "20.10.24", hostName: "kept" });
  other.upgrade({ engineVersion: "29.7.2" });
  const { headers } = await ask(other, "/_ping");
  assert.deepEqual([headers["api-version"], headers.server], ["1.55", "Docker/29.7.2 (linux)"]);
  assert.equal((await ask(other, "/info")).json.Name, "kept");
  await other.close();
});

test("what is closed leaves no socket behind", async () => {
  const other = await startSimulatedEngine();
  assert.ok(existsSync(other.socketPath as string));
  await other.close();
  assert.ok(!existsSync(other.socketPath as string));
});

test("the demo's population has health, limits, two networks, a paused and an exited container", async () => {
  const shop = await startSimulatedEngine();
  populate(shop);
  const { json } = await ask(shop, "/containers/json?all=1");
  await shop.close();
  const states = json.map(({ State }: { State: string }) => State);
  assert.deepEqual([...new Set(states)].sort(), ["exited", "paused", "running"]);
  const text = JSON.stringify(json);
  for (const sign of ["(healthy)", "(unhealthy)", "shop_front", "shop_back", "com.docker.compose.service"]) {
    assert.ok(text.includes(sign), sign);
  }
});

test("a bench's population is as large as asked for", async () => {
  const many = await startSimulatedEngine();
  populateMany(many, 100);
  assert.equal((await ask(many, "/containers/json")).json.length, 100);
  await many.close();
});
