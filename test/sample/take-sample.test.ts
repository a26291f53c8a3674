import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { inspected, sampled, sampleFrom } from "./sources.ts";

test("the numbers carry the time at which the engine read them", () => {
  assert.equal(sampleFrom().readAtMs, 1_795_235_908_742.892);
});

describe("a container that is gone by the time of its stats", () => {
  for (const file of ["cgroup-v2-engine-28.5/c-exited", "cgroup-v1-engine-20.10/cap-exited"]) {
    test(`gives nothing rather than zeros (${file})`, () => {
      const path = join(import.meta.dirname, `../fixtures/${file}.stats-oneshot.json`);
      assert.equal(sampled({ stats: JSON.parse(readFileSync(path, "utf8")) }), undefined);
    });
  }

  test("gives nothing for a message in place of numbers", () => {
    assert.equal(sampled({ stats: { read: undefined, message: "no metrics received" } }), undefined);
  });

  test("is known by the newest list, though its inspect reply still says running", () => {
    const sample = sampleFrom({ summary: { Id: "x", State: "exited", Status: "Exited (1) 2 seconds ago" } });
    assert.equal(sample.state.running, false);
    assert.equal(sample.state.exitCode, undefined);
    assert.equal(sample.cpu, undefined);
    assert.equal(sample.readAtMs, undefined);
  });
});

test("a stopped container has identity, spec and state only", () => {
  const inspect = inspected({ State: { Status: "exited", ExitCode: 3, StartedAt: "2026-11-21T03:52:41Z" } });
  const sample = sampleFrom({ inspect, sizeRwBytes: 7 });
  assert.deepEqual(Object.keys(sample), ["identity", "spec", "state", "sizeRwBytes"]);
  assert.equal(sample.state.exitCode, 3);
});

test("health follows the list, which is newer than the inspect reply", () => {
  const healthOf = (Status: string) => sampleFrom({ summary: { Id: "x", State: "running", Status } }).state.health;
  assert.equal(healthOf("Up 2 hours (unhealthy)"), "unhealthy");
  assert.equal(healthOf("Up 2 seconds (health: starting)"), "starting");
  assert.equal(healthOf("Up 2 hours"), "none");
});

test("the network of another container is counted there, not here", () => {
  const stats = { networks: { eth0: { rx_bytes: 1 } } };
  assert.equal(sampleFrom({ stats }).networks?.length, 1);
  const inspect = inspected({ HostConfig: { NetworkMode: "container:abc" } });
  assert.equal(sampleFrom({ inspect, stats }).networks, undefined);
});

describe("a reply of any shape", () => {
  const JUNK: unknown[] = [
    null,
    undefined,
    "",
    "12",
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    [],
    {},
    true,
    [null],
    0,
  ];

  test("gives no number that was not one, and never throws", () => {
    for (const junk of JUNK) {
      for (const stats of repliesOf(junk)) {
        const { identity: _, spec: _spec, state: _state, ...numbers } = sampleFrom({ stats });
        for (const value of leavesOf(numbers)) {
          if (typeof value === "number") assert.ok(value >= 0 && Number.isFinite(value), JSON.stringify({ stats }));
        }
      }
    }
  });
});

/** The junk in the place of each part, and of each field of each part. */
function repliesOf(junk: unknown): Record<string, unknown>[] {
  return [
    { cpu_stats: junk, memory_stats: junk, blkio_stats: junk, networks: junk, pids_stats: junk },
    {
      cpu_stats: { cpu_usage: junk, throttling_data: junk },
      memory_stats: { usage: junk, stats: junk, failcnt: junk },
      blkio_stats: { io_service_bytes_recursive: junk, io_serviced_recursive: junk, io_time_recursive: junk },
      networks: { eth0: junk },
      pids_stats: { current: junk, limit: junk },
    },
    {
      cpu_stats: { cpu_usage: { total_usage: junk, percpu_usage: [junk, 1], usage_in_kernelmode: junk } },
      memory_stats: { usage: 5, max_usage: junk, failcnt: junk, stats: { total_cache: junk, inactive_file: junk } },
      blkio_stats: { io_service_bytes_recursive: [junk, { major: junk, minor: 0, op: junk, value: junk }] },
      networks: { eth0: { rx_bytes: junk, tx_bytes: 1 } },
      pids_stats: { current: 1, limit: junk },
    },
  ];
}

function* leavesOf(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) yield value;
  else for (const field of Object.values(value)) yield* leavesOf(field);
}
