import { type Engine, EngineError, type EngineErrorKind, type EngineFacts } from "../engine/engine.ts";
import type { Container, Inventory } from "../inventory/inventory.ts";
import type { ContainerSample, SweepSample } from "../sample/container-sample.ts";
import { type ContainerDescription, describeContainer } from "../sample/describe-container.ts";
import { takeSample } from "../sample/take-sample.ts";
import { listingFailed, listingReturned, sweepFailed, sweepFinished } from "../telemetry/events/sampling.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { createMachineReader } from "./machine-reader.ts";
import { createOptInReadings, type OptInOptions } from "./opt-in-readings.ts";
import { createReadings, type ReadingOptions } from "./readings.ts";
import { engineSampleSource, type SampleRequest, type SampleSource } from "./sample-source.ts";
import { createUsageCores } from "./usage-cores.ts";

export interface SamplerOptions extends ReadingOptions, OptInOptions {
  /** Stats requests at once; "auto": 8 where the engine answers at once, else all containers up to 256. */
  readonly concurrency: number | "auto";
  /** Also give a sample, of state and spec only, for containers that do not run. */
  readonly stoppedContainers: boolean;
  readonly envNames: readonly string[];
  /** Also work out the cores in use between two sweeps. */
  readonly usageCores?: boolean;
}

export interface Sampler {
  /** The newest sweep if it is at most `maxAgeMs` old, else the one under way, else a new one. Never rejects. */
  newest(wanted: { maxAgeMs: number }): Promise<SweepSample>;
  /** A sweep that waits for the opt-in readings too, which others take as they come. Never rejects. */
  complete(): Promise<SweepSample>;
  /** Each shared sweep as it ends, whoever asked for it. Gives what ends it. */
  onSweep(listener: (sweep: SweepSample) => void): () => void;
}

export interface SamplerParts {
  readonly engine: Engine;
  readonly inventory: Inventory;
  readonly telemetry: Telemetry;
  readonly options: SamplerOptions;
  readonly source?: SampleSource;
  /** The time that sweeps are given; a test's own. */
  readonly nowMs?: () => number;
  /** How old a sweep is, whatever is done to the clock meanwhile; a test's own. */
  readonly monotonicMs?: () => number;
}

/** Beyond what time daemons correct step by step, and twice the time for which Prometheus looks back. */
const MAX_SET_BACK_MS = 10 * 60_000;
const INSTANT_CONCURRENCY = 8;
/** Engines before 25 answer all at their next 1 s tick, so asking for all at once costs one tick in all. */
const TICKING_CONCURRENCY = 256;

export function createSampler(parts: SamplerParts): Sampler {
  const { engine, inventory, telemetry, options, nowMs = Date.now, monotonicMs = () => performance.now() } = parts;
  const readings = createReadings(parts.source ?? engineSampleSource(engine), options);
  const optIn = createOptInReadings(engine, options);
  const describe = createDescriber(options.envNames);
  const machineOf = createMachineReader();
  const usageCores = options.usageCores ? createUsageCores() : undefined;
  const failed = { failedLists: 0, failedContainers: 0, countedSinceSeconds: nowMs() / 1000 };
  let last: SweepSample | undefined;
  let lastReadAt = 0;
  let isUnlisted = false;
  let underWay: Promise<SweepSample> | undefined;
  const listeners = new Set<(sweep: SweepSample) => void>();

  async function sweep({ complete }: { complete: boolean }): Promise<SweepSample> {
    const startedAt = performance.now();
    try {
      const containers = await inventory.containers();
      const facts = engine.facts ?? (await engine.connect());
      const { samples, failures, wanted, medianAnswerAt } = await readAll(containers, facts, complete);
      const atMs = timeOfSweep(medianAnswerAt);
      const durationMs = performance.now() - startedAt;
      if (isUnlisted) listingReturned(telemetry);
      isUnlisted = false;
      sweepFinished(telemetry, { durationMs, seen: wanted, read: samples.length, failures });
      failed.failedContainers += failures.length;
      const containersRead = samples.filter(({ state }) => state.running).length;
      const reading = { durationSeconds: durationMs / 1000, containersRead, ...failed };
      return { atMs, containers: samples, machine: machineOf(facts, containers).machine, engineFailed: false, reading };
    } catch (error) {
      if (!isUnlisted && !isToldElsewhere(error)) {
        isUnlisted = true;
        listingFailed(telemetry, error);
      }
      const durationMs = performance.now() - startedAt;
      sweepFailed(telemetry, { error, durationMs });
      failed.failedLists++;
      const reading = { durationSeconds: durationMs / 1000, containersRead: 0, ...failed };
      return { atMs: timeOfSweep(), containers: [], engineFailed: true, reading };
    }
  }

  /**
   * The one time that all numbers of a sweep are given: when half of the containers had answered. A clock that was set
   * back a little must not send a series' time backwards, since receivers refuse such points. One that was set back by
   * much had been wrong: times that stay in the future until it has caught up, days or years, would help nobody.
   */
  function timeOfSweep(medianAnswerAt = performance.now()): number {
    const agoMs = performance.now() - medianAnswerAt;
    const clockMs = Math.round(nowMs() - agoMs);
    const earliestMs = (last?.atMs ?? 0) + 1;
    return earliestMs - clockMs > MAX_SET_BACK_MS ? clockMs : Math.max(clockMs, earliestMs);
  }

  async function readAll(containers: readonly Container[], facts: EngineFacts, complete: boolean) {
    const refreshed = optIn.refresh(containers.filter(isRunning).map(({ summary }) => summary.Id));
    if (complete) await refreshed;
    const devices = machineOf(facts, containers).devices;
    const requests: SampleRequest[] = [];
    const stopped: ContainerSample[] = [];
    for (const container of containers) {
      const description = describe(container, facts);
      const base = { container, description, facts, devices };
      if (description.state.running) requests.push({ ...base, ...optInOf(container.summary.Id) });
      else if (options.stoppedContainers) {
        const { summary, oomEvents } = container;
        const sample = takeSample({ description, summary, facts, devices, oomEvents });
        if (sample !== undefined) stopped.push(sample);
      }
    }
    const concurrency = concurrencyFor(facts, options.concurrency);
    const { samples, failures, medianAnswerAt } = await readings.collect(requests, concurrency);
    const wanted = requests.length + stopped.length;
    usageCores?.keepOnly(new Set(containers.map(({ summary }) => summary.Id)));
    const running = usageCores?.addTo(samples) ?? samples;
    return { samples: [...running, ...stopped], failures, wanted, medianAnswerAt };
  }

  function optInOf(id: string) {
    const processCount = optIn.processCount(id);
    const sizeRwBytes = optIn.sizeRwBytes(id);
    return { ...(processCount !== undefined && { processCount }), ...(sizeRwBytes !== undefined && { sizeRwBytes }) };
  }

  return {
    async newest({ maxAgeMs }) {
      if (last !== undefined && monotonicMs() - lastReadAt <= maxAgeMs) return last;
      const beganAt = monotonicMs();
      underWay ??= sweep({ complete: false }).then((done) => {
        last = done;
        lastReadAt = beganAt;
        underWay = undefined;
        for (const listener of listeners) listener(done);
        return done;
      });
      return underWay;
    },
    complete: () => sweep({ complete: true }),
    onSweep(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function isRunning({ inspect }: Container): boolean {
  return inspect.State?.Running === true;
}

/** An engine that is away or hangs is told of by the watch, a refusal by the request that met it. */
const TOLD_ELSEWHERE: ReadonlySet<EngineErrorKind> = new Set(["unreachable", "timeout", "forbidden"]);

function isToldElsewhere(error: unknown): boolean {
  return error instanceof EngineError && TOLD_ELSEWHERE.has(error.kind);
}

function concurrencyFor(facts: EngineFacts, concurrency: number | "auto"): number {
  if (concurrency !== "auto") return concurrency;
  return facts.instantStats ? INSTANT_CONCURRENCY : TICKING_CONCURRENCY;
}

/** What inspect says of a container is worked out once for each inspect reply. */
function createDescriber(envNames: readonly string[]) {
  const cache = new WeakMap<Container["inspect"], { facts: EngineFacts; description: ContainerDescription }>();
  return (container: Container, facts: EngineFacts): ContainerDescription => {
    const { inspect } = container;
    const known = cache.get(inspect);
    if (known?.facts === facts) return known.description;
    const description = describeContainer({ inspect, facts, envNames });
    cache.set(inspect, { facts, description });
    return description;
  };
}
