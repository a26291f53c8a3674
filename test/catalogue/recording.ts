import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogueOptions } from "../../src/catalogue/catalogue.ts";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import type { EngineFacts } from "../../src/engine/engine.ts";
import type { ContainerInspect, InfoReply, StatsReply, TopReply } from "../../src/engine/replies.ts";
import type { ContainerSample, MachineSample } from "../../src/sample/container-sample.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { takeSample } from "../../src/sample/take-sample.ts";
import { type PageSeries, parsePage } from "./cadvisor-page.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");

export interface RecordedContainer {
  readonly name: string;
  readonly inspect: ContainerInspect;
  readonly stats: StatsReply;
  readonly top?: TopReply;
}

/** What an engine said, and cAdvisor beside it, of containers that stood still. */
export interface Recording {
  readonly facts: EngineFacts;
  readonly info: InfoReply;
  readonly containers: readonly RecordedContainer[];
  readonly page: readonly PageSeries[];
  /** What /proc/diskstats of the machine names. */
  readonly devices: (major: number, minor: number) => string | undefined;
}

export function readRecording(folder: string): Recording {
  const at = join(FIXTURES, folder);
  const json = (file: string) => JSON.parse(readFileSync(join(at, file), "utf8"));
  const files = readdirSync(at);
  const info: InfoReply = json("info.json");
  const containers = files
    .filter((file) => file.endsWith(".inspect.json"))
    .map((file) => file.slice(0, -".inspect.json".length))
    .map((name) => ({
      name,
      inspect: json(`${name}.inspect.json`),
      stats: json(`${name}.stats-oneshot.json`),
      ...(files.includes(`${name}.top.json`) && { top: json(`${name}.top.json`) }),
    }));
  return {
    facts: factsOf(info),
    info,
    containers,
    page: parsePage(readFileSync(join(at, "cadvisor.prom"), "utf8")),
    devices: (major, minor) => DEVICES[`${major}:${minor}`],
  };
}

/** The recorded /proc/diskstats of the cgroup v2 machine; the other one has no block I/O. */
const DEVICES: Readonly<Record<string, string>> = { "254:0": "/dev/vda", "254:16": "/dev/vdb", "254:32": "/dev/vdc" };

function factsOf(info: InfoReply): EngineFacts {
  return {
    flavour: "docker",
    engineVersion: info.ServerVersion ?? "",
    osType: "linux",
    cgroupDriver: info.CgroupDriver ?? "",
    cgroupVersion: info.CgroupVersion === "1" ? "1" : "2",
    rootless: false,
    instantStats: true,
    local: true,
  };
}

export function sampleOf(
  recording: Recording,
  { inspect, stats, top }: RecordedContainer,
): ContainerSample | undefined {
  const { facts, devices } = recording;
  return takeSample({
    description: describeContainer({ inspect, facts, envNames: [] }),
    stats,
    facts,
    devices,
    oomEvents: 0,
    processCount: top?.Processes?.length,
  });
}

export interface Emission {
  readonly atMs: number;
  readonly samples: readonly ContainerSample[];
  readonly machine?: MachineSample;
  readonly options?: CatalogueOptions;
}

/** What the catalogue makes of samples, as series of a page. */
export function emit({ atMs, samples, machine, options = {} }: Emission): PageSeries[] {
  const families = createCatalogue(options).families({ atMs, containers: samples, machine, engineFailed: false });
  return families
    .flat()
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name: descriptor.name, labels: attributes, value })),
    );
}
