import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReceiverFault } from "../../src/demo/receiver/receiver-faults.ts";
import { exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { observe } from "./observer.ts";

const FAIL = "Exports fail, the next ones make good what is missed";
const AGAIN = "Exports arrive again";

const ANSWERS: Record<string, { fault: ReceiverFault; reason: string }> = {
  "answers 400": { fault: { kind: "status", status: 400, body: "bad data" }, reason: "HTTP 400" },
  "answers 401": { fault: { kind: "status", status: 401 }, reason: "HTTP 401" },
  "answers 413": { fault: { kind: "status", status: 413 }, reason: "HTTP 413" },
  "answers 429 with Retry-After": { fault: { kind: "status", status: 429, retryAfter: "1" }, reason: "HTTP 429" },
  "answers 503": { fault: { kind: "status", status: 503 }, reason: "HTTP 503" },
  "redirects elsewhere": { fault: { kind: "status", status: 302 }, reason: "HTTP 302" },
  "answers 500 with a megabyte of words": {
    fault: { kind: "status", status: 500, body: "no ".repeat(350_000) },
    reason: "HTTP 500",
  },
  "never answers": { fault: { kind: "delay", delayMs: Number.POSITIVE_INFINITY }, reason: "timeout" },
  "loses every connection": { fault: { kind: "reset" }, reason: "ECONNRESET" },
};

test("endpoint that fails under a running agent", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "web", startedAgoMs: 3_600_000 });
  const observer = observe(stage);
  const agent = stage.start();
  await exportsSince(receiver, 0, 1);
  await agent.logged("Exports arrive");
  for (const [answers, { fault, reason }] of Object.entries(ANSWERS)) {
    await t.test(`endpoint that ${answers}: said once with a remedy, its end once, and no push is wrong`, async () => {
      const since = agent.log().length;
      const attempts = receiver.attempts;
      const heal = receiver.faults.add(fault);
      const said = await agent.logged(FAIL, { since });
      await eventually(() => receiver.attempts > attempts + 2);
      heal();
      await agent.logged(AGAIN, { since });
      assert.equal(said.reason, reason);
      assert.ok(String(said.remedy).length > 10);
      assert.ok(JSON.stringify(said).length < 2_000);
      const loud = agent
        .log()
        .slice(since)
        .filter(({ level }) => level === "warn" || level === "error");
      assert.deepEqual(loud, [said]);
      observer.assertEveryPushTrue({ endsMayBeLate: true });
    });
  }
  await exportsSince(receiver, Date.now(), 2);
  assert.ok(live(receiver, undefined, { name: "web" }).length > 40);
  assert.equal(agent.ended, undefined);
});
