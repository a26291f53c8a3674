import assert from "node:assert/strict";
import { test } from "node:test";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import type { SelectionOptions } from "../../src/catalogue/selection.ts";
import { sampleWith, sweepOf } from "./sweeps.ts";

const SAMPLE = sampleWith({ processCount: 4, sizeRwBytes: 5 });

function namesWith(options: SelectionOptions): Set<string> {
  const families = createCatalogue(options)
    .families(sweepOf([SAMPLE]))
    .flat();
  return new Set(families.map(({ descriptor }) => descriptor.name));
}

test("groups are on or off as the table says unless they are switched", () => {
  const byDefault = namesWith({});
  assert.ok(byDefault.has("container_state") && !byDefault.has("container_processes"));
  const switched = namesWith({ groups: { state: false, processes: true, size: true } });
  assert.ok(!switched.has("container_state") && !switched.has("container_restarts_total"));
  assert.ok(switched.has("container_processes") && switched.has("container_fs_usage_bytes"));
});

test("single metrics are on or off whatever their group is, and off wins", () => {
  const names = namesWith({
    groups: { cpu: false },
    enable: ["container_cpu_usage_seconds_total", "container_processes", "container_paused"],
    disable: ["container_last_seen", "container_paused"],
  });
  assert.ok(names.has("container_cpu_usage_seconds_total") && names.has("container_processes"));
  assert.ok(!names.has("container_cpu_user_seconds_total"));
  assert.ok(!names.has("container_last_seen") && !names.has("container_paused"));
});

test("what costs extra requests is asked for only if a metric that is on needs it", () => {
  const nothing = { processes: false, size: false, usageCores: false };
  assert.deepEqual(createCatalogue().needs, nothing);
  assert.deepEqual(createCatalogue({ groups: { size: true } }).needs, { ...nothing, size: true });
  assert.deepEqual(createCatalogue({ enable: ["container_processes"] }).needs, { ...nothing, processes: true });
  assert.deepEqual(createCatalogue({ profiles: ["collector"] }).needs, { ...nothing, usageCores: true });
  const off = createCatalogue({ groups: { processes: true }, disable: ["container_processes"] });
  assert.equal(off.needs.processes, false);
});
