import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import type { RunOptions } from "../../../src/demo/engine/container.ts";
import { type SimulatedEngineOptions, startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { ask } from "./ask.ts";
import { shapeOf } from "./shape.ts";

/** Fields whose keys are names that people, or the network, gave. */
const MAPS = [
  "networks",
  "Labels",
  "[].Labels",
  "Config.Labels",
  "NetworkSettings.Networks",
  "[].NetworkSettings.Networks",
  "HostConfig.Annotations",
  "HostConfig.LogConfig.Config",
];

/** Lists that hold whatever the container happened to be given. */
const HAPPENSTANCE =
  /^(\[\]\.)?(Args|Mounts|Ports|Config\.(Cmd|Env|Entrypoint|ExposedPorts)|HostConfig\.(Binds|Ulimits|PortBindings)|NetworkSettings\.Ports)/;

interface Case {
  readonly folder: string;
  readonly engine: SimulatedEngineOptions;
  readonly containers: Readonly<
    Record<string, { readonly recorded: string; readonly options: RunOptions; readonly exited?: true }>
  >;
  readonly list: string;
}

const IDLE_DISK = { readBytesPerSecond: 0, writeBytesPerSecond: 0 };

const CASES: readonly Case[] = [
  {
    folder: "cgroup-v2-engine-28.5",
    engine: { engineVersion: "28.5.2", cgroupVersion: "2" },
    list: "containers-list-all",
    containers: {
      "with disk activity": { recorded: "c-io", options: { startedAgoMs: 600_000 } },
      "with limits": {
        recorded: "c-limits",
        options: { memoryLimitBytes: 2 ** 26, nanoCpus: 5e8, pidsLimit: 50, startedAgoMs: 600_000 },
      },
      "in two networks": { recorded: "c-twonets", options: { networks: ["neta", "netb"], load: IDLE_DISK } },
      "of the host's network": { recorded: "c-hostnet", options: { networkMode: "host", load: IDLE_DISK } },
      "without a network": { recorded: "c-nonet", options: { networkMode: "none", load: IDLE_DISK } },
      "that exited": { recorded: "c-exited", options: {}, exited: true },
    },
  },
  {
    folder: "cgroup-v1-engine-20.10",
    engine: { engineVersion: "20.10.24", cgroupVersion: "1" },
    list: "containers-list-all",
    containers: {
      "with limits": {
        recorded: "cap-full",
        options: { memoryLimitBytes: 2 ** 26, pidsLimit: 50, load: IDLE_DISK, healthcheck: "healthy" },
      },
      "in two networks": { recorded: "cap-twonet", options: { networks: ["pnet1", "pnet2"], load: IDLE_DISK } },
      "of the host's network": { recorded: "cap-hostnet", options: { networkMode: "host", load: IDLE_DISK } },
      "that exited": { recorded: "cap-exited", options: {}, exited: true },
    },
  },
  {
    folder: "shapes-cgroup-v1-26",
    engine: { engineVersion: "26.1.5", cgroupVersion: "1" },
    list: "containers",
    containers: { "that runs": { recorded: "", options: { load: IDLE_DISK } } },
  },
  {
    folder: "shapes-cgroup-v1-28",
    engine: { engineVersion: "28.5.2", cgroupVersion: "1" },
    list: "containers",
    containers: { "that runs": { recorded: "", options: { load: IDLE_DISK } } },
  },
  {
    folder: "shapes-cgroup-v1-podman5",
    engine: { flavour: "podman", cgroupVersion: "1" },
    list: "containers",
    containers: { "that runs": { recorded: "", options: { networkMode: "none", load: IDLE_DISK } } },
  },
];

for (const { folder, engine: options, containers, list } of CASES) {
  const engine = await startSimulatedEngine({ ...options, statsTickMs: 1 });
  after(() => engine.close());

  for (const [what, { recorded, options: runOptions, exited }] of Object.entries(containers)) {
    const id = engine.containers.run({ ...runOptions, labels: { a: "b" } });
    if (exited) engine.containers.exit(id, 3);
    const file = (name: string) => (recorded ? `${recorded}.${name}` : name);

    test(`${folder}: inspect of a container ${what} has the recording's fields`, async () => {
      const told = await ask(engine, `/containers/${id}/json`);
      assert.deepEqual(withoutLog(fieldsOf(told.json)), withoutLog(fieldsOf(recording(folder, file("inspect")))));
    });

    test(`${folder}: one-shot stats of a container ${what} have the recording's fields`, async () => {
      const told = await ask(engine, `/containers/${id}/stats?stream=false&one-shot=true`);
      assert.deepEqual(statsFieldsOf(told.json), statsFieldsOf(recording(folder, file("stats-oneshot"))));
    });
  }

  test(`${folder}: the list's entries have the recording's fields`, async () => {
    const told = await ask(engine, "/containers/json?all=1");
    assert.deepEqual(fieldsOf(told.json), fieldsOf(recording(folder, list)));
  });

  if (folder.startsWith("shapes")) {
    test(`${folder}: stats of two readings have the recording's fields`, async () => {
      const [container] = engine.containers.all();
      const told = await ask(engine, `/containers/${container?.id}/stats?stream=false`);
      assert.deepEqual(statsFieldsOf(told.json), statsFieldsOf(recording(folder, "stats")));
    });
  }

  test(`${folder}: the version has the recording's fields`, async () => {
    const { json } = await ask(engine, "/version");
    const expected = recording(folder, "version") as { Components: { Name: string }[] };
    assert.deepEqual(Object.keys(json).sort(), Object.keys(expected).sort());
    assert.deepEqual(shapeOf(json.Components[0]), shapeOf(expected.Components[0]));
    assert.equal(json.Components[0].Name, expected.Components[0]?.Name);
  });
}

test("a healthy container's size is left out where it is 0, and told with size=1 otherwise", async () => {
  const expected = recording("cgroup-v2-engine-28.5", "containers-list-size") as object[];
  const engine = await startSimulatedEngine();
  for (let i = 0; i < 12; i++) engine.containers.run();
  const { json } = await ask(engine, "/containers/json?size=1");
  await engine.close();
  assert.deepEqual(fieldsOf(json), fieldsOf(expected));
  assert.ok(json.some((entry: object) => !("SizeRw" in entry)));
});

function recording(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/${folder}/${name}.json`), "utf8"));
}

function fieldsOf(reply: unknown): string[] {
  const fields = shapeOf(reply, MAPS).filter((path) => !HAPPENSTANCE.test(path));
  // null, {} and [] all say that there is nothing: none of these is a field of its own.
  return [...new Set(fields.map((path) => path.replace(/(\[\])+$/, "").replace(/\.\*$/, "")))].sort();
}

/** Of the lists of block I/O it matters as well whether they are null or empty: cgroup v2 and v1 differ in it. */
function statsFieldsOf(reply: unknown): string[] {
  const { blkio_stats } = reply as { blkio_stats: Record<string, unknown> };
  const lists = Object.entries(blkio_stats).map(([name, list]) => `${name} is ${list === null ? "null" : "a list"}`);
  return [...fieldsOf(reply), ...lists.sort()];
}

/** Health checks' own history is not simulated. */
function withoutLog(fields: string[]): string[] {
  return fields.filter((path) => !path.startsWith("State.Health.Log") && !path.startsWith("Config.Healthcheck"));
}
