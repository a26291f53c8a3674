import assert from "node:assert/strict";
import type { SimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { pointsOf } from "../../src/demo/receiver/export-request.ts";
import type { OtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { expectedAt } from "../agent/harness/expected.ts";
import { arrivals } from "../agent/harness/series.ts";

/** What holds of everything that a receiver ever gets, whatever befell engine, endpoint and containers meanwhile. */
export function assertSound(receiver: OtlpReceiver) {
  const newest = new Map<string, { time: bigint; value: number | undefined }>();
  for (const request of receiver.requests) {
    const times = new Set<bigint>();
    const keys = new Set<string>();
    for (const { key, point } of pointsOf(request.decoded)) {
      assert.ok(!keys.has(key), `${key} twice in a request`);
      keys.add(key);
      times.add(point.timeUnixNano);
      const value = point.flags & 1 ? undefined : point.value;
      if (value !== undefined) assert.ok(Number.isFinite(value) && value >= -1, `${key}: ${value}`);
      assert.ok(point.startTimeUnixNano <= point.timeUnixNano, `${key} starts after its end`);
      const before = newest.get(key);
      if (before !== undefined) {
        // A request whose answer did not come in time may arrive a second time, as it was.
        const isGrowing =
          point.timeUnixNano > before.time || (point.timeUnixNano === before.time && value === before.value);
        assert.ok(isGrowing, `${key}: ${value} at ${point.timeUnixNano} after ${before.value} at ${before.time}`);
      }
      newest.set(key, { time: point.timeUnixNano, value });
    }
    assert.ok(times.size <= 1, `${times.size} times in a request`);
  }
}

const COUNTERS = ["container_network_receive_bytes_total", "container_network_transmit_packets_dropped_total"];

/** Of a container that never stopped: each value that arrived is one that the engine held between two moments about it. */
export function assertTrue(receiver: OtlpReceiver, engine: SimulatedEngine, name: string) {
  const points = COUNTERS.flatMap((metric) => arrivals(receiver, metric, { name }));
  assert.ok(points.length > 4, `${points.length} points of ${name}`);
  for (const { metric, labels, atMs, value } of points) {
    if (value === undefined) continue;
    const held = (nowMs: number) => expectedAt({ engine, name, nowMs })[`${metric} ${labels.interface}`] as number;
    const [least, most] = [held(atMs - SWEEP_MS), held(atMs + SWEEP_MS)];
    assert.ok(value >= least && value <= most, `${metric} of ${name}: ${value}, not within ${least} … ${most}`);
  }
}

/** Longer than any sweep of these tests takes. */
const SWEEP_MS = 5_000;
