import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createDeviceNames, type ReadText } from "../../src/sampling/devices.ts";
import { isSameMachine } from "../../src/sampling/same-machine.ts";
import { emit, type Recording, readRecording, sampleOf } from "../catalogue/recording.ts";

/** What an unprivileged container of the recorded machine (engine 28.5, cgroup v2) saw of it, with nothing mounted. */
const IN_CONTAINER = join(import.meta.dirname, "../fixtures/in-container");
const OWN_ID = "3664dd0900dee64f1299a955827b4862ff27c3dba080c5186039d1ec9781a988";
const WITH_DEVICE = /^container_(blkio_device_usage_total|fs_(reads|writes)_bytes_total)$/;

const inContainer: ReadText = (path) => {
  const file = join(IN_CONTAINER, path.slice(1).replaceAll("/", "_"));
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
};
const recording = readRecording("cgroup-v2-engine-28.5");
const { KernelVersion: kernelRelease = "", MemTotal: memoryBytes = 0 } = recording.info;
const facts = { ...recording.facts, kernelVersion: kernelRelease, memoryBytes };

test("an ordinary container sees enough to give each device cAdvisor's name, and no mount is needed", () => {
  const ours = deviceSeries({ ...recording, devices: createDeviceNames({ read: inContainer }) });
  const theirs = recording.page.filter(({ name }) => WITH_DEVICE.test(name)).map(inShort);
  assert.equal(theirs.length, 12);
  assert.deepEqual(ours, theirs.sort());
});

test("an ordinary container sees enough to know that it is on the engine's machine, by the socket and through a proxy", () => {
  const seen = { read: inContainer, kernelRelease };
  assert.equal(isSameMachine(facts, [], seen), true);
  assert.equal(isSameMachine({ ...facts, local: false }, [OWN_ID], seen), true);
});

test("where the machine is another one, or hides its devices, they go by their numbers and stay apart", () => {
  const hidden = createDeviceNames({ read: () => undefined });
  const ours = deviceSeries({ ...recording, devices: hidden });
  assert.deepEqual(ours, deviceSeries({ ...recording, devices: () => undefined }));
  assert.equal(new Set(ours).size, 12);
  const labels = new Set(ours.map((series) => /device=(\S+)/.exec(series)?.[1]));
  assert.deepEqual([...labels].sort(), ["254:0", "254:16", "254:32"]);
});

function deviceSeries(recorded: Recording): string[] {
  const samples = recorded.containers.map((container) => sampleOf(recorded, container));
  const series = emit({ atMs: 0, samples: samples.filter((sample) => sample !== undefined) });
  return series
    .filter(({ name }) => WITH_DEVICE.test(name))
    .map(inShort)
    .sort();
}

function inShort({ name, labels, value }: { name: string; labels: Readonly<Record<string, unknown>>; value: number }) {
  const { name: container, device, operation = "" } = labels;
  return `${name} of ${container}, device=${device} ${operation} ${value}`;
}
