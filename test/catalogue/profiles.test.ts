import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as semconv from "@opentelemetry/semantic-conventions/incubating";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import { EXCLUSIVE_PROFILES, PROFILE_NAMES, type Profile } from "../../src/catalogue/profiles.ts";
import { PROFILE_ROWS } from "../../src/catalogue/rows.ts";
import { labelsKey } from "../../src/families/ended-series.ts";
import { GAUGE, hrTimeFromMs, SUM } from "../../src/families/metric-family.ts";
import { prometheusText } from "../../src/families/prometheus-text.ts";
import { AT_MS, familyOf, identityOf, pointsOf, sampleWith, sweepOf } from "./sweeps.ts";

const ID = "ab".repeat(32);
const STOPPED = { status: "exited", running: false, paused: false, exitCode: 3 };
const BUSY = sampleWith({
  identity: identityOf({ image: "registry:5000/shop/web:1.2@sha256:00", labels: { "com.example.team": "a" } }),
  spec: {
    createdAtSeconds: AT_MS / 1000 - 100,
    startedAtSeconds: AT_MS / 1000 - 60.25,
    memoryLimitBytes: 1000,
    cpuQuotaMicroseconds: 50_000,
    cpuPeriodMicroseconds: 100_000,
  },
  cpu: { usageSeconds: 30, userSeconds: 20, systemSeconds: 10, usageCores: 0.5 },
  memory: { usageBytes: 400, workingSetBytes: 300, rssBytes: 200, pageFaults: 7, majorPageFaults: 2 },
  networks: [
    { interface: "eth0", receiveBytes: 1, transmitBytes: 2 },
    { interface: "eth1", receiveBytes: 10, transmitBytes: 20 },
  ],
  disks: [
    { device: "/dev/sda", readBytes: 3, writeBytes: 4 },
    { device: "/dev/sdb", readBytes: 30, writeBytes: 40 },
  ],
  logs: {
    sinceSeconds: AT_MS / 1000 - 50,
    levels: [{ level: "error", lines: 3, latestTimeSeconds: AT_MS / 1000 - 5 }],
  },
});
const MACHINE = { cpuCores: 4, memoryBytes: 8000, hostName: "host-1" };
const READING = {
  durationSeconds: 0.25,
  containersRead: 1,
  failedLists: 2,
  failedContainers: 3,
  countedSinceSeconds: AT_MS / 1000 - 90,
};

function families(profiles: readonly Profile[], containers = [BUSY], options = {}) {
  return createCatalogue({ profiles, ...options }).families(
    sweepOf(containers, { machine: MACHINE, reading: READING }),
  );
}

/** Each series as `name{labels} value`. */
function lines(profiles: readonly Profile[], containers = [BUSY], options = {}) {
  const text = prometheusText(families(profiles, containers, options));
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("the profile collector is the collector's page", () => {
  const of = '{container="web",machine="host-1"';
  assert.deepEqual(lines(["collector"]), [
    "container_scrape_error 0",
    `collector_up_timestamp_seconds{machine="host-1"} ${AT_MS / 1000}`,
    `container_cpu_usage_percent${of}} 0.5`,
    `container_cpus_available${of}} 0.5`,
    `container_max_memory_bytes${of}} 1000`,
    `container_used_memory_bytes${of}} 400`,
    `container_started_at_timestamp_seconds${of}} ${Math.floor(AT_MS / 1000 - 60.25)}`,
    `container_up_timestamp_seconds${of}} ${AT_MS / 1000}`,
    `container_logs_total${of},level="error"} 3`,
    `container_logs_created${of},level="error"} ${AT_MS / 1000 - 5}`,
  ]);
});

describe("in the profile collector", () => {
  test("a container without limits may use the machine's CPUs and memory", () => {
    const groups = families(["collector"], [sampleWith({ spec: { memoryLimitBytes: 0 } })]);
    assert.equal(pointsOf(groups, "container_cpus_available")[0]?.value, 4);
    assert.equal(pointsOf(groups, "container_max_memory_bytes")[0]?.value, 8000);
  });

  test("the settings may name the machine", () => {
    const groups = families(["collector"], [BUSY], { machineName: "mine" });
    assert.equal(pointsOf(groups, "container_used_memory_bytes")[0]?.attributes.machine, "mine");
    assert.equal(pointsOf(groups, "collector_up_timestamp_seconds")[0]?.attributes.machine, "mine");
  });

  test("of two containers of a name, as the moment of a swap shows them, the first has series", () => {
    const other = sampleWith({ identity: identityOf({ containerId: "cd".repeat(32) }), memory: { usageBytes: 9 } });
    const points = pointsOf(families(["collector"], [BUSY, other]), "container_used_memory_bytes");
    assert.deepEqual(
      points.map(({ value }) => value),
      [400],
    );
  });

  test("a container that was made anew under its name goes on with the same series", () => {
    const catalogue = createCatalogue({ profiles: ["collector"] });
    const anew = sampleWith({ identity: identityOf({ containerId: "cd".repeat(32) }), memory: { usageBytes: 9 } });
    const [before] = pointsOf(catalogue.families(sweepOf([BUSY])), "container_used_memory_bytes");
    const [after] = pointsOf(catalogue.families(sweepOf([anew])), "container_used_memory_bytes");
    assert.equal(after?.attributes, before?.attributes);
  });

  test("the heartbeat stops while the engine can't be read", () => {
    const failed = { atMs: AT_MS, containers: [], engineFailed: true };
    const groups = createCatalogue({ profiles: ["collector"] }).families(failed);
    assert.deepEqual(
      groups.flat().map(({ descriptor }) => descriptor.name),
      ["container_scrape_error"],
    );
  });
});

test("the profile stats-exporter is the exporter's page, a series for each container", () => {
  const of = `{name="web",image="registry:5000/shop/web:1.2@sha256:00",id="${ID}"`;
  assert.deepEqual(lines(["stats-exporter"]), [
    "container_scrape_error 0",
    "docker_exporter_scrape_duration_seconds 0.25",
    "docker_exporter_containers_scraped 1",
    'docker_exporter_scrape_errors_total{error_type="container_stats"} 3',
    'docker_exporter_scrape_errors_total{error_type="docker_api"} 2',
    `container_last_seen${of}} ${AT_MS / 1000}`,
    `container_state${of}} 1`,
    `container_cpu_usage_seconds_total${of}} 30`,
    `container_memory_usage_bytes${of}} 400`,
    `container_network_receive_bytes_total${of}} 11`,
    `container_network_transmit_bytes_total${of}} 22`,
    `container_fs_reads_bytes_total${of}} 33`,
    `container_fs_writes_bytes_total${of}} 44`,
    `container_logs_total${of},level="error"} 3`,
    `container_logs_created${of},level="error"} ${AT_MS / 1000 - 5}`,
  ]);
});

describe("in the profile stats-exporter", () => {
  test("a stopped container is there with state 0 and nothing else", () => {
    const stopped = sampleWith({ state: STOPPED, cpu: undefined });
    const ofContainer = lines(["stats-exporter"], [stopped]).filter((line) => line.includes("name="));
    assert.deepEqual(ofContainer, [`container_state{name="web",image="shop/web:1",id="${ID}"} 0`]);
  });

  test("no interfaces and no devices are no series, and not 0", () => {
    const groups = families(["stats-exporter"], [sampleWith({ networks: [], disks: [{ device: "8:0", reads: 1 }] })]);
    assert.equal(familyOf(groups, "container_network_receive_bytes_total"), undefined);
    assert.equal(familyOf(groups, "container_fs_reads_bytes_total"), undefined);
  });

  test("the errors are counted from when the agent began to", () => {
    const [point] = pointsOf(families(["stats-exporter"]), "docker_exporter_scrape_errors_total");
    assert.deepEqual(point?.startTime, hrTimeFromMs(AT_MS - 90_000));
  });
});

describe("in the profile semconv", () => {
  const groups = families(["semconv"], [BUSY]);
  const byKey = (name: string) =>
    Object.fromEntries(
      pointsOf(groups, name).map(({ attributes, value }) => [
        Object.entries(attributes)
          .filter(([label]) => !label.startsWith("container."))
          .map(([, text]) => text)
          .join(" "),
        value,
      ]),
    );

  test("each name is one of the semantic conventions' package", () => {
    const known = new Set<unknown>(Object.values(semconv));
    const own = ["container_scrape_error", "container_logs_total", "container_logs_created"];
    for (const { name, labels } of [...PROFILE_ROWS.semconv.containers, ...PROFILE_ROWS.semconv.sweep]) {
      if (own.includes(name)) continue;
      assert.ok(known.has(name), name);
      for (const label of labels) assert.ok(known.has(label), label);
    }
    for (const label of ["container.id", "container.name", "container.image.name"]) assert.ok(known.has(label));
  });

  test("a container is known by id, name, the image's name and the labels that are allowed", () => {
    const [point] = pointsOf(groups, "container.uptime");
    assert.deepEqual(point?.attributes, {
      "container.id": ID,
      "container.name": "web",
      "container.image.name": "registry:5000/shop/web",
      "container.label.com.example.team": "a",
    });
    const [bare] = pointsOf(families(["semconv"], [BUSY], { labels: { allow: [] } }), "container.uptime");
    assert.equal(bare?.attributes["container.label.com.example.team"], undefined);
  });

  test("of two label names that are one on a Prometheus page, the first has it", () => {
    const identity = identityOf({ labels: { "a-b": "2", "a.b": "1", a_b: "3" } });
    const [point] = pointsOf(families(["semconv"], [sampleWith({ identity })]), "container.uptime");
    const labels = Object.keys(point?.attributes ?? {}).filter((name) => name.startsWith("container.label."));
    assert.deepEqual(labels, ["container.label.a-b"]);
  });

  test("values are by mode, direction, interface and device", () => {
    assert.deepEqual(byKey("container.cpu.time"), { user: 20, system: 10 });
    assert.deepEqual(byKey("container.cpu.usage"), { "": 0.5 });
    assert.deepEqual(byKey("container.uptime"), { "": 59.75 });
    assert.deepEqual(byKey("container.memory.usage"), { "": 400 });
    assert.deepEqual(byKey("container.memory.available"), { "": 700 });
    assert.deepEqual(byKey("container.paging.faults"), { minor: 5, major: 2 });
    assert.deepEqual(byKey("container.network.io"), {
      "receive eth0": 1,
      "transmit eth0": 2,
      "receive eth1": 10,
      "transmit eth1": 20,
    });
    assert.deepEqual(byKey("container.disk.io"), {
      "read /dev/sda": 3,
      "write /dev/sda": 4,
      "read /dev/sdb": 30,
      "write /dev/sdb": 40,
    });
  });

  test("CPU time without modes is one series without a mode", () => {
    const [point, ...others] = pointsOf(
      families(["semconv"], [sampleWith({ cpu: { usageSeconds: 3 } })]),
      "container.cpu.time",
    );
    assert.deepEqual([point?.value, point?.attributes["cpu.mode"], others], [3, undefined, []]);
  });

  test("units and instruments are the conventions'", () => {
    const memory = familyOf(groups, "container.memory.usage");
    assert.deepEqual([memory?.descriptor.unit, memory?.dataPointType], ["By", SUM]);
    assert.ok(memory !== undefined && "isMonotonic" in memory && !memory.isMonotonic);
    const time = familyOf(groups, "container.cpu.time");
    assert.ok(time !== undefined && "isMonotonic" in time && time.isMonotonic && time.descriptor.unit === "s");
    assert.equal(familyOf(groups, "container.uptime")?.dataPointType, GAUGE);
  });
});

describe("several profiles at once", () => {
  const pairs = PROFILE_NAMES.flatMap((a, i) => PROFILE_NAMES.slice(i + 1).map((b): [Profile, Profile] => [a, b]));
  for (const pair of pairs) {
    test(`${pair.join(" and ")} never give one series twice, on no page and in no push`, () => {
      const stopped = sampleWith({
        identity: identityOf({ containerId: "cd".repeat(32), name: "old" }),
        state: STOPPED,
      });
      const page = lines(pair, [BUSY, stopped]).map((line) => line.replace(/ \S+$/, ""));
      assert.equal(new Set(page).size, page.length);
      const pushed = families(pair, [BUSY, stopped])
        .flat()
        .flatMap(({ descriptor, dataPoints }) => dataPoints.map((p) => descriptor.name + labelsKey(p.attributes)));
      assert.equal(new Set(pushed).size, pushed.length);
    });
  }

  test("those that share names of the same numbers are refused by the settings", () => {
    assert.deepEqual(EXCLUSIVE_PROFILES, [["cadvisor", "stats-exporter"]]);
  });

  test("lines of logs are in one family with the labels of each", () => {
    const found = families(["cadvisor", "collector"])
      .flat()
      .filter(({ descriptor }) => descriptor.name === "container_logs_total");
    assert.equal(found.length, 1);
    assert.deepEqual(
      found[0]?.dataPoints.map(({ attributes }) => attributes.name ?? attributes.container),
      ["web", "web"],
    );
  });

  test("cAdvisor's come first and as they are without others", () => {
    const alone = lines(["cadvisor"]);
    const both = lines(["cadvisor", "collector"]);
    assert.deepEqual(
      both.filter((line) => alone.includes(line)),
      alone,
    );
  });
});

test("a metric that is switched off is off in every profile, and its group too", () => {
  assert.equal(
    familyOf(families(["collector"], [BUSY], { disable: ["container_logs_total"] }), "container_logs_total"),
    undefined,
  );
  const groups = families(["collector", "semconv"], [BUSY], { groups: { memory: false } });
  assert.ok(groups.flat().every(({ descriptor }) => !descriptor.name.includes("memory")));
});
