import assert from "node:assert/strict";
import { test } from "node:test";
import { demoPage } from "../../src/demo/screen.ts";
import type { ContainerSample, SweepSample } from "../../src/sample/container-sample.ts";

const WIDE = { rows: 40, columns: 120 };

test("rates are worked out between two sweeps, by the engine's own read times", () => {
  const page = demoPage(
    {
      facts: ["engine: simulated"],
      previous: sweep(running("web", { atMs: 1_000, cpuSeconds: 10, receiveBytes: 0 })),
      sweep: sweep(running("web", { atMs: 3_000, cpuSeconds: 11, receiveBytes: 4096 })),
    },
    WIDE,
  );
  assert.equal(page[0], "engine: simulated");
  assert.match(page[3] ?? "", /^web\s+running\s+50\.0%\s+1\.0 MiB\s+2\.0 MiB\s+2\.0 KiB\s+5\s+healthy$/);
});

test("what is not known is blank: no rate before the second sweep, nothing read of a stopped container", () => {
  const stopped: ContainerSample = {
    identity: identity("old"),
    spec: {},
    state: { status: "exited", running: false, paused: false },
  };
  const page = demoPage(
    {
      facts: [],
      previous: undefined,
      sweep: sweep(running("web", { atMs: 1, cpuSeconds: 1, receiveBytes: 1 }), stopped),
    },
    WIDE,
  );
  assert.doesNotMatch(page[2] ?? "", /%/);
  assert.equal(page[3], "old        exited");
});

test("a counter that went back, after a restart, gives no rate", () => {
  const page = demoPage(
    {
      facts: [],
      previous: sweep(running("web", { atMs: 1_000, cpuSeconds: 10, receiveBytes: 9 })),
      sweep: sweep(running("web", { atMs: 2_000, cpuSeconds: 1, receiveBytes: 1 })),
    },
    WIDE,
  );
  assert.doesNotMatch(page[2] ?? "", /%|-/);
});

test("the page is cut to the terminal, and says how much is left out", () => {
  const samples = Array.from({ length: 50 }, (_, i) => running(`c${i}`, { atMs: 1, cpuSeconds: 1, receiveBytes: 1 }));
  const page = demoPage(
    { facts: ["x".repeat(200)], previous: undefined, sweep: sweep(...samples) },
    { rows: 10, columns: 40 },
  );
  assert.equal(page.length, 10);
  assert.ok(page.every((line) => line.length <= 40));
  assert.equal(page.at(-1), "… 50 more");
});

test("a fact that is too long goes on in the next line, whole", () => {
  const fact = "engine    simulated, since no real one answers at unix:///var/run/docker.sock";
  const page = demoPage({ facts: [fact], previous: undefined, sweep: undefined }, { rows: 10, columns: 40 });
  assert.ok(page.every((line) => line.length <= 40));
  assert.equal(
    page
      .slice(0, -2)
      .map((line) => line.trim())
      .join(" "),
    fact,
  );
});

function sweep(...containers: ContainerSample[]): SweepSample {
  return { atMs: 0, containers, engineFailed: false };
}

function running(
  name: string,
  { atMs, cpuSeconds, receiveBytes }: { atMs: number; cpuSeconds: number; receiveBytes: number },
): ContainerSample {
  return {
    identity: identity(name),
    readAtMs: atMs,
    spec: { memoryLimitBytes: 2 * 1024 * 1024 },
    state: { status: "running", running: true, paused: false, health: "healthy" },
    cpu: { usageSeconds: cpuSeconds },
    memory: { usageBytes: 1024 * 1024 },
    networks: [{ interface: "eth0", receiveBytes }],
    tasks: { threads: 5 },
  };
}

function identity(name: string) {
  return { containerId: name, cgroupPath: `/docker/${name}`, name, image: "i", labels: {}, env: {} };
}
