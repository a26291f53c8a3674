import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import { GAUGE, hrTimeFromMs, SUM } from "../../src/families/metric-family.ts";
import { AT_MS, familyOf, identityOf, pointsOf, sampleWith, sweepOf } from "./sweeps.ts";

describe("families", () => {
  test("are monotonic sums for counters and gauges for all else, without a unit", () => {
    const groups = createCatalogue().families(sweepOf([sampleWith()]));
    const counter = familyOf(groups, "container_cpu_usage_seconds_total");
    assert.equal(counter?.dataPointType, SUM);
    assert.equal(familyOf(groups, "container_last_seen")?.dataPointType, GAUGE);
    assert.ok(groups.flat().every(({ descriptor }) => descriptor.unit === ""));
  });

  test("come with those of machine and agent first, then of 16 containers at a time, in the sweep's order", () => {
    const samples = Array.from({ length: 40 }, (_, i) =>
      sampleWith({ identity: identityOf({ containerId: `c${i}` }) }),
    );
    const groups = createCatalogue().families(sweepOf(samples));
    assert.equal(groups.length, 4);
    assert.ok(groups[0]?.every(({ descriptor }) => !descriptor.name.startsWith("container_cpu")));
    const seen = groups.slice(1).map((group) => pointsOf([group], "container_last_seen").map((p) => p.attributes.id));
    assert.deepEqual(
      seen.map((ids) => ids.length),
      [16, 16, 8],
    );
    assert.deepEqual(
      seen.flat(),
      samples.map(({ identity }) => identity.cgroupPath),
    );
  });

  test("are left out where they have no point", () => {
    const groups = createCatalogue().families(sweepOf([sampleWith({ cpu: undefined })]));
    assert.equal(familyOf(groups, "container_cpu_usage_seconds_total"), undefined);
    assert.ok(groups.flat().every(({ dataPoints }) => dataPoints.length > 0));
  });

  test("keep their descriptor from sweep to sweep, so that writers may keep its bytes", () => {
    const catalogue = createCatalogue();
    const first = familyOf(catalogue.families(sweepOf([sampleWith()])), "container_last_seen");
    const second = familyOf(catalogue.families(sweepOf([sampleWith()])), "container_last_seen");
    assert.equal(first?.descriptor, second?.descriptor);
    assert.notEqual(first?.dataPoints, second?.dataPoints);
  });

  test("never hold a number that is none", () => {
    const cpu = { usageSeconds: Number.NaN, userSeconds: Number.POSITIVE_INFINITY };
    const groups = createCatalogue().families(sweepOf([sampleWith({ cpu })]));
    assert.deepEqual(pointsOf(groups, "container_cpu_usage_seconds_total"), []);
    assert.deepEqual(pointsOf(groups, "container_cpu_user_seconds_total"), []);
  });
});

describe("two points of a family never have the same labels", () => {
  test("of two interfaces or devices of the same name the first counts", () => {
    const sample = sampleWith({
      networks: [
        { interface: "eth0", receiveBytes: 1 },
        { interface: "eth0", receiveBytes: 2 },
        { interface: "eth1", receiveBytes: 3 },
      ],
      disks: [
        { device: "/dev/sda", major: 8, minor: 0, readBytes: 4 },
        { device: "/dev/sda", major: 8, minor: 1, readBytes: 5 },
      ],
    });
    const groups = createCatalogue().families(sweepOf([sample]));
    const values = (name: string) => pointsOf(groups, name).map(({ value }) => value);
    assert.deepEqual(values("container_network_receive_bytes_total"), [1, 3]);
    assert.deepEqual(values("container_fs_reads_bytes_total"), [4]);
  });

  test("of two samples of one container the first counts", () => {
    const groups = createCatalogue().families(
      sweepOf([sampleWith(), sampleWith({ identity: identityOf({ name: "b" }) })]),
    );
    assert.deepEqual(
      pointsOf(groups, "container_last_seen").map(({ attributes }) => attributes.name),
      ["web"],
    );
  });
});

describe("a point's time", () => {
  const sample = sampleWith({ cpu: { usageSeconds: 1 } });
  const groups = createCatalogue().families(sweepOf([sample]));
  const [cpu] = pointsOf(groups, "container_cpu_usage_seconds_total");
  const [restarts] = pointsOf(groups, "container_restarts_total");

  test("is the sweep's, one for all points: Prometheus refuses requests of a push whose times overlap", () => {
    const times = groups.flat().flatMap(({ dataPoints }) => dataPoints.map(({ endTime }) => endTime));
    assert.ok(times.length > 10);
    for (const time of times) assert.deepEqual(time, hrTimeFromMs(AT_MS));
  });
  test("begins with the container's start", () => assert.deepEqual(cpu?.startTime, [1_795_231_000, 0]));
  test("begins with its creation for a count that outlives restarts", () => {
    assert.deepEqual(restarts?.startTime, [1_795_230_000, 0]);
  });

  test("stays the sweep's when the container stops, so that a series never goes back", () => {
    const stopped = sampleWith({ state: { status: "exited", running: false, paused: false, exitCode: 3 } });
    const [later] = pointsOf(createCatalogue().families(sweepOf([stopped])), "container_state");
    assert.deepEqual(later?.endTime, hrTimeFromMs(AT_MS));
    assert.equal(later?.value, 0);
  });

  test("begins at an unknown time where the engine's clock is ahead of ours, or where it told none", () => {
    const ahead = { createdAtSeconds: AT_MS / 1000 + 60, startedAtSeconds: AT_MS / 1000 + 60 };
    for (const spec of [ahead, {}]) {
      const [, ofContainer = []] = createCatalogue().families(sweepOf([sampleWith({ spec })]));
      for (const { startTime } of ofContainer.flatMap(({ dataPoints }) => dataPoints))
        assert.deepEqual(startTime, [0, 0]);
    }
  });

  test("is shared by the points of a container as one object", () => {
    const both = createCatalogue().families(sweepOf([sampleWith({ cpu: { usageSeconds: 1, userSeconds: 1 } })]));
    const [a] = pointsOf(both, "container_cpu_usage_seconds_total");
    const [b] = pointsOf(both, "container_cpu_user_seconds_total");
    assert.ok(a !== undefined && a.endTime === b?.endTime && a.startTime === b.startTime);
  });
});

describe("CPU time", () => {
  const cpuSeries = (options: object, cpu: object) =>
    pointsOf(
      createCatalogue(options).families(sweepOf([sampleWith({ cpu })])),
      "container_cpu_usage_seconds_total",
    ).map(({ attributes, value }) => [attributes.cpu, value]);
  const onTwoCores = { usageSeconds: 3, perCoreSeconds: [1, 0, 2] };

  test("is one total by default", () => assert.deepEqual(cpuSeries({}, onTwoCores), [["total", 3]]));

  test("is by core, without a total and without unused cores, where that is wanted and known", () => {
    const options = { groups: { perCore: true } };
    assert.deepEqual(cpuSeries(options, onTwoCores), [
      ["cpu00", 1],
      ["cpu02", 2],
    ]);
    assert.deepEqual(cpuSeries(options, { usageSeconds: 3 }), [["total", 3]]);
  });
});

describe("when the engine can't be read", () => {
  const groups = createCatalogue().families({ atMs: AT_MS, containers: [], engineFailed: true });

  test("only the two errors are told", () => {
    const told = groups.flat().map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints[0]?.value]);
    assert.deepEqual(told, [
      ["container_scrape_error", 1],
      ["machine_scrape_error", 1],
    ]);
  });
});

test("a machine's series carry its ids as far as they are known", () => {
  const machine = { cpuCores: 2, bootId: "b", machineId: "m" };
  const [cores] = pointsOf(createCatalogue().families(sweepOf([], { machine })), "machine_cpu_cores");
  assert.deepEqual(cores?.attributes, { boot_id: "b", machine_id: "m" });
  const [error] = pointsOf(createCatalogue().families(sweepOf([], { machine })), "machine_scrape_error");
  assert.deepEqual(error?.attributes, {});
});
