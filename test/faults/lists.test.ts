import assert from "node:assert/strict";
import { test } from "node:test";
import { residentBytes } from "../agent/harness/memory.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";

const UNLISTED = "Containers can't be listed: their series end until the engine lists them again";
const LISTED = "Containers are listed again";

test("list of a million containers: given up in time, said once, and forgotten when the engine lists rightly", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "web", startedAgoMs: 3_600_000 });
  const agent = stage.start();
  await exportsSince(receiver, 0, 1);
  const entry = JSON.stringify({ Id: "ab".repeat(32), Names: ["/x"], State: "running" });
  const body = `[${`${entry},`.repeat(1_000_000)}${entry}]`;
  const heal = engine.faults.add({ path: "/containers/json", fault: { kind: "respond", status: 200, body } });
  await agent.logged(UNLISTED);
  await receiver.waitFor(() => live(receiver, undefined, { name: "web" }).length === 0);
  const asked = engine.requests.count("/containers/json");
  await eventually(() => engine.requests.count("/containers/json") > asked + 2, { withinMs: 30_000 });
  assert.ok(residentBytes(agent.pid) < 500 * 2 ** 20, `${residentBytes(agent.pid)} bytes`);
  heal();
  await agent.logged(LISTED);
  await receiver.waitFor(() => live(receiver, undefined, { name: "web" }).length > 40, 20_000);
  assert.equal(agent.log().filter(({ message }) => message === UNLISTED).length, 1);
  assert.equal(agent.ended, undefined);
});

test("list that is garbage: said once, what was known is ended, and all is back with the next right one", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "web", startedAgoMs: 3_600_000 });
  const agent = stage.start();
  await exportsSince(receiver, 0, 1);
  const heal = engine.faults.add({ path: "/containers/json", fault: { kind: "malformed" } });
  await agent.logged(UNLISTED);
  await exportsSince(receiver, Date.now(), 3);
  assert.equal(live(receiver, undefined, { name: "web" }).length, 0);
  heal();
  await agent.logged(LISTED);
  await receiver.waitFor(() => live(receiver, undefined, { name: "web" }).length > 40);
  assert.equal(agent.log().filter(({ level }) => level === "warn" || level === "error").length, 1);
});
