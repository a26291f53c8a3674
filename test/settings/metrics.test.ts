import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, loadFrom } from "./load-from.ts";

const problemsOf = (profiles: string) => {
  const result = loadFrom({ env: { TALLYMAN_METRICS_PROFILES: profiles } });
  return result.ok ? [] : result.problems;
};

describe("metrics.profiles", () => {
  test("is cAdvisor's names unless said otherwise", () => {
    assert.deepEqual(loaded({}).settings.metrics.profiles, ["cadvisor"]);
    assert.deepEqual(loaded({ env: { TALLYMAN_METRICS_PROFILES: "collector, semconv" } }).settings.metrics.profiles, [
      "collector",
      "semconv",
    ]);
  });

  test("refuses a name that is none, and no name at all", () => {
    assert.deepEqual(problemsOf("cadvisor,node"), [
      'metrics.profiles[1] (TALLYMAN_METRICS_PROFILES): got "node", expected one of "cadvisor", "collector", "stats-exporter", "semconv".',
    ]);
    assert.match(
      problemsOf("")[0] ?? "",
      /^metrics\.profiles \(TALLYMAN_METRICS_PROFILES\): got a list, expected a list/,
    );
  });

  test("refuses two that give one number two series of a name", () => {
    assert.deepEqual(problemsOf("stats-exporter,cadvisor"), [
      "metrics.profiles (TALLYMAN_METRICS_PROFILES): cadvisor and stats-exporter give the same numbers the same names, so that every sum would count twice. Keep one of them.",
    ]);
    assert.deepEqual(problemsOf("cadvisor,collector,semconv"), []);
  });

  test("notes where two share a name in Prometheus only", () => {
    const { notes } = loaded({ env: { TALLYMAN_METRICS_PROFILES: "cadvisor,semconv" } });
    assert.ok(notes.some((note) => note.includes("container_memory_usage_bytes")));
    assert.deepEqual(
      loaded({ env: { TALLYMAN_METRICS_PROFILES: "cadvisor,collector" } }).notes.filter((note) =>
        /profiles/.test(note),
      ),
      [],
    );
  });
});

describe("metrics.sweepInterval", () => {
  test("is how old a scrape's numbers may be, unless that is said too", () => {
    const { settings, origins } = loaded({ env: { TALLYMAN_METRICS_SWEEP_INTERVAL: "30s" } });
    assert.deepEqual([settings.http.maxAge, origins.get("http.maxAge")], [30_000, "as long as metrics.sweepInterval"]);
    const both = loaded({ env: { TALLYMAN_METRICS_SWEEP_INTERVAL: "30s", TALLYMAN_HTTP_MAX_AGE: "1s" } });
    assert.equal(both.settings.http.maxAge, 1_000);
    assert.equal(loaded({}).settings.metrics.sweepInterval, undefined);
  });

  test("is 20 s where a file is to tell when the engine was read", () => {
    const { settings } = loaded({ env: { TALLYMAN_METRICS_COLLECTED_AT_FILE: "/tmp/at" } });
    assert.equal(settings.metrics.sweepInterval, 20_000);
  });
});

test("a metric that is enabled in vain, since its profile is off, is noted", () => {
  const notesFor = (env: Record<string, string>) =>
    loaded({ env }).notes.filter((note) => note.startsWith("metrics.enable"));
  const enabled = { TALLYMAN_METRICS_ENABLE: "container.uptime,container_processes,tallyman_build_info" };
  assert.deepEqual(notesFor(enabled), [
    "metrics.enable (TALLYMAN_METRICS_ENABLE): container.uptime is of semconv, which metrics.profiles leaves out.",
  ]);
  assert.deepEqual(notesFor({ TALLYMAN_METRICS_ENABLE: "container_processes" }), []);
});

test("a metric of OpenTelemetry's names can be switched off by its name", () => {
  const { settings } = loaded({ env: { TALLYMAN_METRICS_DISABLE: "container.uptime" } });
  assert.deepEqual(settings.metrics.disable, ["container.uptime"]);
});
