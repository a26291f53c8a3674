import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReceiverFault } from "../../src/demo/receiver/receiver-faults.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { assertSound } from "./observer.ts";

const FAIL = "Exports fail, the next ones make good what is missed";
const AGAIN = "Exports arrive again";

const REFUSALS: Record<string, { fault: ReceiverFault; reason: string }> = {
  "400": { fault: { kind: "status", status: 400, body: "bad data" }, reason: "HTTP 400" },
  "413": { fault: { kind: "status", status: 413 }, reason: "HTTP 413" },
  "429 with Retry-After": { fault: { kind: "status", status: 429, retryAfter: "1" }, reason: "HTTP 429" },
  "a redirect": { fault: { kind: "status", status: 302 }, reason: "HTTP 302" },
  "a megabyte of words": { fault: { kind: "status", status: 500, body: "no ".repeat(350_000) }, reason: "HTTP 500" },
};

test("each way in which an endpoint refuses is told of once, with a remedy, and of its end once; nothing wrong arrives", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "web", startedAgoMs: 3_600_000 });
  const agent = stage.start();
  await exportsSince(receiver, 0, 1);
  await agent.logged("Exports arrive");
  for (const [answer, { fault, reason }] of Object.entries(REFUSALS)) {
    const since = agent.log().length;
    const attempts = receiver.attempts;
    const heal = receiver.faults.add(fault);
    const said = await agent.logged(FAIL, { since });
    await eventually(() => receiver.attempts > attempts + 2);
    heal();
    await agent.logged(AGAIN, { since });
    assert.equal(said.reason, reason, answer);
    assert.ok(String(said.remedy).length > 10, answer);
    assert.ok(JSON.stringify(said).length < 2_000, answer);
    const loud = agent
      .log()
      .slice(since)
      .filter(({ level }) => level === "warn" || level === "error");
    assert.deepEqual(loud, [said], answer);
  }
  await exportsSince(receiver, Date.now(), 2);
  assert.ok(live(receiver, undefined, { name: "web" }).length > 40);
  assertSound(receiver);
  assert.equal(agent.ended, undefined);
});
