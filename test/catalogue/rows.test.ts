import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { GROUPS } from "../../src/catalogue/groups.ts";
import { PROFILE_NAMES } from "../../src/catalogue/profiles.ts";
import { ALL_ROWS, CONTAINER_ROWS, PROFILE_ROWS, SWEEP_ROWS, unknownMetricNames } from "../../src/catalogue/rows.ts";

/** Those named as Prometheus names things; the others have a unit and OpenTelemetry's names. */
const ROWS = ALL_ROWS.filter(({ unit }) => unit === undefined);

/** Names that Prometheus' rules would not allow, but cAdvisor uses. */
const IRREGULAR: Readonly<Record<string, string>> = {
  container_memory_failcnt: "a counter without _total: receivers would add it, so it goes out as a gauge",
};
/** Last words that say what a number is in, or that it is a mere count or state. */
const UNITS = ["bytes", "seconds", "period", "quota", "shares", "ratio"];
/** cAdvisor's gauges that name no unit: counts of things, states, and three that are in bytes. */
const UNITLESS = [
  "container_last_seen", // Seconds since the epoch.
  "container_logs_created", // Seconds since the epoch, under the collector's name.
  "container_health_state",
  "container_state",
  "container_paused",
  "container_exit_code",
  "container_memory_rss",
  "container_memory_cache",
  "container_memory_mapped_file",
  "container_memory_failcnt",
  "container_fs_io_current",
  "container_threads",
  "container_threads_max",
  "container_processes",
  "container_ulimits_soft",
  "container_cpu_usage_percent", // The collector's name.
  "container_cpus_available",
  "docker_exporter_containers_scraped",
  "cadvisor_version_info",
  "container_scrape_error",
  "machine_scrape_error",
  "machine_cpu_cores",
  "machine_cpu_physical_cores",
  "machine_cpu_sockets",
  "machine_cpu_books",
  "machine_cpu_drawers",
  "machine_thread_siblings_count",
  "machine_node_hugepages_count",
  "machine_node_distance",
];

describe("the table of metrics", () => {
  for (const profile of PROFILE_NAMES) {
    test(`has each name once in the profile ${profile}`, () => {
      const names = [...PROFILE_ROWS[profile].containers, ...PROFILE_ROWS[profile].sweep].map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
    });
  }

  test("gives a name one type, whatever the profile: receivers refuse a second one", () => {
    const kinds = new Map(ALL_ROWS.map(({ name, kind }) => [name, kind]));
    assert.deepEqual(
      ALL_ROWS.filter(({ name, kind }) => kinds.get(name) !== kind),
      [],
    );
  });

  for (const row of ALL_ROWS) {
    test(`${row.name} (${row.source}) keeps the rules of the table`, () => {
      const names =
        row.unit === undefined
          ? /^(container|machine|cadvisor|collector|docker_exporter)_[a-z0-9_]+$/
          : /^container(\.[a-z_]+)+$/;
      assert.match(row.name, names);
      assert.match(row.help, /^[A-Z0-9].*\.$/, "help is a sentence");
      if (row.note !== undefined) assert.match(row.note, /\.$/, "a note is a sentence");
      assert.ok(row.source.length > 0 && row.platforms.length > 0);
      assert.ok(row.group in GROUPS);
      for (const label of row.labels) assert.match(label, /^[a-z_]+$|^[a-z]+[A-Z][A-Za-z]+$|^[a-z]+(\.[a-z]+)+$/);
    });
  }

  test("has a counter exactly where a name ends in _total", () => {
    const broken = ROWS.filter(({ name, kind }) => (kind === "counter") !== name.endsWith("_total"));
    assert.deepEqual(
      broken.map(({ name }) => name),
      [],
    );
  });

  test("has a unit in each gauge's name, or a reason why not", () => {
    const unitless = ROWS.filter(({ name, kind }) => kind === "gauge" && !UNITS.some((unit) => name.endsWith(unit)));
    assert.deepEqual(unitless.map(({ name }) => name).sort(), [...UNITLESS].sort());
  });

  test("names every group that has metrics, and no other but perCore, which is a choice of series", () => {
    const used = new Set<string>(ROWS.map(({ group }) => group));
    assert.deepEqual(
      Object.keys(GROUPS).filter((group) => !used.has(group)),
      ["perCore"],
    );
  });
});

test("each metric is of cAdvisor's type, but for irregular names that are excused one by one", () => {
  const types = new Map([...typesOf("cgroup-v1-engine-20.10"), ...typesOf("cgroup-v2-engine-28.5")]);
  const other = [...CONTAINER_ROWS, ...SWEEP_ROWS]
    .filter(({ name, kind }) => types.has(name) && types.get(name) !== kind)
    .map(({ name }) => name);
  assert.deepEqual(other, Object.keys(IRREGULAR));
});

test("a name that no metric has is told", () => {
  assert.deepEqual(unknownMetricNames(["container_last_seen", "container_cpu", "machine_cpu_cores", ""]), [
    "container_cpu",
    "",
  ]);
});

function typesOf(folder: string): [string, string][] {
  const page = readFileSync(join(import.meta.dirname, "../fixtures", folder, "cadvisor.prom"), "utf8");
  return [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type]);
}
