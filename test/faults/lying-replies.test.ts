import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import { decodeExportRequest } from "../../src/demo/receiver/decode.ts";
import { pointsOf, seriesKey } from "../../src/demo/receiver/export-request.ts";
import type { EngineFacts } from "../../src/engine/engine.ts";
import type { ContainerInspect, StatsReply } from "../../src/engine/replies.ts";
import { protobufEncoder } from "../../src/families/otlp-protobuf.ts";
import { keptInspect } from "../../src/inventory/kept-inspect.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { takeSample } from "../../src/sample/take-sample.ts";
import { FACTS, PODMAN } from "../sample/sources.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { lied, liedAtRandom, NO_NUMBERS, pathsOf } from "./lies.ts";

interface Recorded {
  readonly inspect: ContainerInspect;
  readonly stats: StatsReply;
}

const FIXTURES = join(import.meta.dirname, "../fixtures");
const V1: EngineFacts = { ...FACTS, engineVersion: "20.10.24", cgroupDriver: "cgroupfs", cgroupVersion: "1" };

/** What real engines said: each container that ran when it was recorded. */
const ENGINES: Record<string, { facts: EngineFacts; recordings: readonly Recorded[] }> = {
  "20.10 on cgroup v1": { facts: V1, recordings: recordings("cgroup-v1-engine-20.10") },
  "28.5 on cgroup v2": { facts: FACTS, recordings: recordings("cgroup-v2-engine-28.5") },
  "Podman 5": { facts: { ...PODMAN, cgroupVersion: "1" }, recordings: [recorded("shapes-cgroup-v1-podman5", "")] },
};

for (const [engine, { facts, recordings }] of Object.entries(ENGINES)) {
  describe(`lie in a reply of ${engine}`, () => {
    test("stats without a number where one was due: the series of that number is left out, no other changes", () => {
      const random = seeded(4);
      for (const [recording, path] of everyPlace(recordings, "stats")) {
        const truth = seriesOf(recording, facts);
        const told = lied(recording.stats, path, oneOf(NO_NUMBERS, random));
        assertNoneChanged(truth, seriesOf({ ...recording, stats: told.reply as StatsReply }, facts), told);
      }
    });

    test("inspect without a number where one was due: the series of that number is left out, no other changes", () => {
      const random = seeded(5);
      for (const [recording, path] of everyPlace(recordings, "inspect")) {
        const truth = seriesOf(recording, facts, withoutNames);
        const told = lied(recording.inspect, path, oneOf(NO_NUMBERS, random));
        assertNoneChanged(
          truth,
          seriesOf({ ...recording, inspect: told.reply as ContainerInspect }, facts, withoutNames),
          told,
        );
      }
    });

    test("numbers past 2^53 and things of any shape: finite numbers in whole requests, or nothing", () => {
      const random = seeded(6);
      for (let round = 0; round < 400; round++) {
        const { inspect, stats } = oneOf(recordings, random);
        const lies = 1 + Math.floor(random() * 4);
        const told = {
          inspect: liedAtRandom(inspect, lies, random) as ContainerInspect,
          stats: liedAtRandom(stats, lies, random) as StatsReply,
        };
        for (const [key, value] of seriesOf(told, facts))
          assert.ok(Number.isFinite(value) && value >= -1, `${key}: ${value}`);
      }
    });
  });
}

function* everyPlace(all: readonly Recorded[], part: keyof Recorded): Generator<[Recorded, string]> {
  for (const recording of all.slice(0, 4)) for (const path of pathsOf(recording[part])) yield [recording, path];
}

/** The series that arrive of one container, by name and labels: over the wire format and back. */
function seriesOf(told: Recorded, facts: EngineFacts, keep = everything): Map<string, number> {
  const kept = keptInspect(told.inspect, { envNames: [] });
  const description = describeContainer({ inspect: kept, facts, envNames: [] });
  const summary = { Id: description.identity.containerId, State: "running" };
  const sample = takeSample({ description, stats: told.stats, summary, facts, devices: () => undefined, oomEvents: 0 });
  const containers = sample === undefined ? [] : [sample];
  const sweep = { atMs: Date.parse("2026-11-21T05:00:00Z"), containers, engineFailed: false };
  const families = createCatalogue().families(sweep).flat();
  const series = new Map<string, number>();
  const sender = { resource: {}, scope: { name: "tallyman", version: "1" } };
  for (const { body } of protobufEncoder.requests(sender, [families], { maxBytes: 3 * 2 ** 20, maxGroups: 1 })) {
    for (const { metric, point } of pointsOf(decodeExportRequest(Buffer.from(body)))) {
      const key = seriesKey(metric.name, keep(point.attributes));
      assert.ok(!series.has(key), `${key} twice`);
      series.set(key, point.value as number);
    }
  }
  return series;
}

function everything<T extends object>(labels: T): T {
  return labels;
}

/** Labels of the container itself are what an inspect tells, and may change with it. */
function withoutNames<T extends object>(labels: T): T {
  const own = Object.entries(labels).filter(([name]) => !/^(id|name|image|container_label_.*)$/.test(name));
  return Object.fromEntries(own) as T;
}

function assertNoneChanged(
  truth: Map<string, number>,
  told: Map<string, number>,
  { path, told: lie }: { path: string; told: unknown },
) {
  for (const [key, value] of told) {
    const place = `${path.replaceAll("\n", ".")} = ${String(lie)}`;
    assert.equal(value, truth.get(key), `${key} with ${place}`);
  }
}

function recordings(folder: string): Recorded[] {
  return readdirSync(join(FIXTURES, folder))
    .filter((file) => file.endsWith(".stats-oneshot.json"))
    .map((file) => recorded(folder, file.slice(0, -"stats-oneshot.json".length)))
    .filter(({ inspect }) => inspect.State?.Running);
}

function recorded(folder: string, prefix: string): Recorded {
  const json = (name: string) => JSON.parse(readFileSync(join(FIXTURES, folder, `${prefix}${name}`), "utf8"));
  return { inspect: json("inspect.json"), stats: json("stats-oneshot.json") };
}
