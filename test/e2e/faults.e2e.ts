import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { test } from "node:test";
import { startOtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { arrivals, type Export, exportsOf, exportsSince, live } from "../agent/harness/series.ts";
import { assertSound } from "../faults/observer.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { isComplaint, startAgent } from "./harness/agent.ts";
import { startDockerEngine } from "./harness/docker-engine.ts";
import { setUp } from "./harness/set-up.ts";

const INTERVAL_MS = 1_000;
const TIMEOUT_MS = 2_000;
const STEADY = ["steady-1", "steady-2", "steady-3"];
const AWAY = "Engine can't be reached, trying again until it is back";
const BACK = "Engine found again";
const UNREAD = "Containers could not be read: their series end until the engine answers for them again";
const SECONDS_LATER = { withinMs: 10_000 };
const BUSY = "while :; do sleep 0.1; done";

const { engine, receiver, agent } = await setUp(async (own) => {
  const engine = own(await startDockerEngine());
  const receiver = await startOtlpReceiver({ keptRequests: 10_000 });
  own({ end: receiver.close });
  for (const name of STEADY) await engine.docker("run", "-d", "--name", name, "bb", "sh", "-c", BUSY);
  const agent = own(
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: engine.address,
      TALLYMAN_ENGINE_REQUEST_TIMEOUT: `${TIMEOUT_MS}ms`,
      TALLYMAN_ENGINE_STATS_TIMEOUT: `${TIMEOUT_MS}ms`,
      TALLYMAN_OTLP_ENDPOINT: `${receiver.httpEndpoint}/v1/metrics`,
      TALLYMAN_OTLP_INTERVAL: `${INTERVAL_MS}ms`,
    }),
  );
  await exportsSince(receiver, 0, 2);
  return { engine, receiver, agent };
});

test("dockerd half-open (SIGSTOP): nothing stale is told, it is said once, and seconds after SIGCONT all goes on", async () => {
  const before = cpuOf(STEADY);
  const since = agent.log().length;
  engine.freeze();
  const frozenAtMs = Date.now();
  await receiver.waitFor(() => live(receiver, "container_state").length === 0, 15_000);
  const blind = await exportsSince(receiver, Date.now(), 2);
  assertNoContainers(blind);
  engine.thaw();
  await goesOn(before);
  assertNoContainers(
    exportsOf(receiver).filter(({ sweptAtMs, points }) => sweptAtMs > frozenAtMs && engineFailedIn(points)),
  );
  assert.deepEqual(saidSince(since), [AWAY, BACK]);
});

test("dockerd killed with SIGKILL in the middle of a sweep, its containers live on: their numbers stop at once and go on where they were", async () => {
  for (const name of STEADY) assert.equal(await stateOf(name), "running");
  const before = cpuOf(STEADY);
  const since = agent.log().length;
  // Before engine 25 a sweep lasts until the next tick of a collector, up to a second: nearly all of an interval.
  await engine.crash();
  const crashedAtMs = Date.now();
  await receiver.waitFor(() => live(receiver, "container_state").length === 0);
  assertNoContainers(await exportsSince(receiver, crashedAtMs + INTERVAL_MS, 2));
  await engine.start();
  await goesOn(before);
  // Those that had not answered yet are told of apart.
  assert.deepEqual(
    saidSince(since).filter((message) => message !== UNREAD),
    [AWAY, BACK],
  );
});

test("tens of containers that are run, renamed and removed meanwhile: no push tells of what was gone when its sweep began, and the last of exactly what is there", async () => {
  const since = agent.log().length;
  const history = await churn({ rounds: 24, atOnce: 3 });
  await exportsSince(receiver, Date.now(), 2);
  const running = (await engine.docker("ps", "--format", "{{.Names}}")).split("\n").sort();
  const arriving = [...new Set(live(receiver, "container_last_seen").map(({ labels }) => String(labels.name)))].sort();
  assert.deepEqual(arriving, running);
  assertNothingOfThePast(history);
  assert.deepEqual(saidSince(since), []);
  assertSound(receiver);
  assert.equal(agent.ended(), undefined);
});

test("socket file removed: what is connected goes on being read; the engine's restart makes it anew, and it is found", async () => {
  const before = cpuOf(STEADY);
  const since = agent.log().length;
  renameSync(engine.socketPath, `${engine.socketPath}.gone`);
  await exportsSince(receiver, Date.now(), 2);
  assert.equal(live(receiver, "container_state", { name: "steady-1" }).length, 1);
  assert.deepEqual(saidSince(since), []);
  await engine.crash();
  await receiver.waitFor(() => live(receiver, "container_state").length === 0);
  await engine.start();
  await goesOn(before);
  assert.deepEqual(saidSince(since), [AWAY, BACK]);
});

test("dockerd killed with SIGKILL, its containers ended by the next one: they are told of as stopped, with no number of a running one", async () => {
  await engine.crash();
  await receiver.waitFor(() => live(receiver, "container_state").length === 0);
  await engine.start({ liveRestore: false });
  await receiver.waitFor(() => live(receiver, "container_state").length >= STEADY.length, 15_000);
  await exportsSince(receiver, Date.now(), 2);
  for (const name of STEADY) {
    assert.equal(await stateOf(name), "exited");
    assert.equal(live(receiver, "container_state", { name })[0]?.value, 0);
    assert.equal(live(receiver, "container_cpu_usage_seconds_total", { name }).length, 0);
  }
  assertSound(receiver);
  assert.equal((await agent.stop()).code, 0);
});

interface Happened {
  readonly id: string;
  /** From when on it has no such series: its removal or its renaming was done. */
  readonly overAtMs: number;
  /** Absent: no name. */
  readonly name?: string;
}

async function churn({ rounds, atOnce }: { rounds: number; atOnce: number }): Promise<Happened[]> {
  const random = seeded(6);
  const history: Happened[] = [];
  const mine: { id: string; name: string }[] = [];
  async function change(round: number) {
    if (mine.length < 2 * atOnce || random() < 0.3) {
      const name = `churn-${round}`;
      return void mine.push({ id: await engine.docker("run", "-d", "--name", name, "bb", "sleep", "1d"), name });
    }
    const [one] = mine.splice(mine.indexOf(oneOf(mine, random)), 1);
    if (one === undefined) return;
    if (random() < 0.4) {
      await engine.docker("rename", one.name, `renamed-${round}`);
      history.push({ id: one.id, name: one.name, overAtMs: Date.now() });
      mine.push({ id: one.id, name: `renamed-${round}` });
    } else {
      await engine.docker("rm", "-f", one.id);
      history.push({ id: one.id, overAtMs: Date.now() });
    }
  }
  for (let round = 0; round < rounds; round += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, i) => change(round + i)));
  }
  return history;
}

/** A sweep begins after the export before it has arrived: what was over as that began to arrive is in none of the later ones. */
function assertNothingOfThePast(history: readonly Happened[]) {
  const pushes = exportsOf(receiver);
  const begins = pushes.map(({ sweptAtMs }) => receiver.requests.find(({ atMs }) => atMs >= sweptAtMs)?.atMs ?? 0);
  for (const { id, name, overAtMs } of history) {
    const first = begins.findIndex((atMs) => atMs > overAtMs) + 1;
    assert.ok(first > 0 && first < pushes.length, "exports after it");
    for (const { key, labels, value } of pushes.slice(first).flatMap(({ points }) => points)) {
      const isOver = String(labels.id).includes(id) && (name === undefined || labels.name === name);
      assert.ok(!isOver || value === undefined, `${key} was over`);
    }
  }
}

function cpuOf(names: readonly string[]): Map<string, number> {
  const points = live(receiver, "container_cpu_usage_seconds_total");
  return new Map(names.map((name) => [name, points.find(({ labels }) => labels.name === name)?.value ?? Number.NaN]));
}

/** The same series, from the same start, of a greater value than before. */
async function goesOn(before: ReadonlyMap<string, number>) {
  await eventuallyPasses(() => {
    for (const [name, value] of before) {
      const points = arrivals(receiver, "container_cpu_usage_seconds_total", { name });
      assert.ok((points.at(-1)?.value ?? 0) > value, `${name} is at ${points.at(-1)?.value} after ${value}`);
      assert.equal(new Set(points.map(({ key }) => key)).size, 1);
      assert.equal(new Set(points.map(({ startMs }) => startMs)).size, 1);
    }
  }, SECONDS_LATER);
}

function assertNoContainers(pushes: readonly Export[]) {
  for (const { points } of pushes) {
    const told = points.filter(({ labels, value }) => labels.id !== undefined && value !== undefined);
    assert.deepEqual(told, []);
    assert.ok(engineFailedIn(points));
  }
}

function engineFailedIn(points: Export["points"]): boolean {
  return points.some(({ metric, value }) => metric === "container_scrape_error" && value === 1);
}

function saidSince(since: number): string[] {
  return agent
    .log()
    .slice(since)
    .filter((line) => isComplaint(line) || line.level === "info")
    .map(({ message }) => message);
}

async function stateOf(name: string): Promise<string | undefined> {
  return (await engine.client.inspect(name)).State?.Status;
}
