import assert from "node:assert/strict";
import { test } from "node:test";
import type { OtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { arrivals, exportsAfter, exportsSince, live } from "../agent/harness/series.ts";
import { startStage } from "../agent/harness/stage.ts";
import { eventually } from "../support/eventually.ts";
import { complaintsOfEngine, observe } from "./observer.ts";

const HOUR_MS = 3_600_000;
const JUMPS = { "back an hour": -HOUR_MS, "ahead a day": 24 * HOUR_MS, "back where it was": -23 * HOUR_MS };

const AHEAD = "started after ahead a day";
/** A start that lies in the future is told of no point. */
const UNKNOWN = 0;

test("engine's clock that jumps back an hour, ahead a day and back: no series is lost for a sweep, every push is true, nothing is said", async (t) => {
  const stage = await startStage({}, t);
  const { engine, receiver } = stage;
  engine.containers.run({ name: "web", startedAgoMs: 2 * HOUR_MS });
  const webStartedAtMs = engine.containers.get("web").startedAtMs ?? Number.NaN;
  const observer = observe(stage);
  const agent = stage.start();
  await eventually(() => engine.eventStreams.count === 1);
  await exportsSince(receiver, 0, 1);
  for (const [jump, byMs] of Object.entries(JUMPS)) {
    const series = live(receiver, undefined, { name: "web" }).map(({ key }) => key);
    const name = `started after ${jump}`;
    const [first, second] = await exportsAfter(
      receiver,
      () => {
        engine.jumpClock(byMs);
        engine.containers.run({ name });
      },
      2,
    );
    for (const push of [first, second]) {
      const there = new Set(push?.points.filter(({ value }) => value !== undefined).map(({ key }) => key));
      assert.deepEqual(
        series.filter((key) => !there.has(key)),
        [],
        jump,
      );
      assert.ok((push?.points.filter(({ labels }) => labels.name === name).length ?? 0) > 40, jump);
    }
    if (name !== AHEAD) engine.containers.restart(name);
    await exportsSince(receiver, Date.now(), 1);
  }
  observer.assertEveryPushTrue();
  assertCountersGrow(receiver, "web", webStartedAtMs);
  assertCountersGrow(receiver, AHEAD, UNKNOWN);
  assert.deepEqual(complaintsOfEngine(agent), []);
  assert.equal(agent.log().filter(({ message }) => message === "Engine connected").length, 1);
});

/** Of one run, from one start that stays the same. */
function assertCountersGrow(receiver: OtlpReceiver, name: string, startMs: number) {
  for (const metric of ["container_cpu_usage_seconds_total", "container_network_receive_bytes_total"]) {
    const points = arrivals(receiver, metric, { name }).filter(({ value }) => value !== undefined);
    assert.ok(points.length > 2);
    for (const [i, point] of points.entries()) {
      const before = points[i - 1]?.value ?? 0;
      assert.ok(Number(point.value) >= before, `${metric} of ${name}: ${point.value} after ${before}`);
      assert.equal(Math.round(point.startMs), startMs, `${metric} of ${name}`);
    }
  }
}
