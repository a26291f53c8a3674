import type { FamilyGroups } from "../../families/ended-series.ts";
import { createBell } from "../../kit/bell.ts";
import { collectionFailed, requestAccepted, requestFailed } from "../../telemetry/events/outlet.ts";
import type { Standing } from "../../telemetry/standing.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createArrivals } from "../arrivals.ts";
import type { FamilySource } from "../family-source.ts";
import type { SendFailure } from "../otlp/request-sender.ts";
import { createTimeLimits } from "../otlp/time-limits.ts";
import { pageBody } from "../page-body.ts";
import { gatewayUrl } from "./gateway-address.ts";
import { createGatewayClient } from "./gateway-client.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { gatewayRemedy } from "./gateway-remedy.ts";
import { groupPath } from "./group-path.ts";

export interface GatewayOutlet {
  /** Where it pushes, as it may be shown. */
  readonly endpoint: string;
  readonly standing: Standing;
  /** Pushes at once, then at each interval. */
  start(): void;
  /** As soon as what is under way is done. */
  pushSoon(): void;
  /** A last push, or the group's removal; within 4 s, whatever the Pushgateway does. */
  stop(): Promise<void>;
}

const MIN_COLLECTION_TIMEOUT_MS = 30_000;
/** How a stop divides its time. */
const STOP_LIMITS = { ongoingMs: 800, collectionMs: 1500, requestMs: 1500 };

interface Parts {
  readonly source: FamilySource;
  readonly telemetry: Telemetry;
  /** A test's own. */
  readonly stopLimits?: typeof STOP_LIMITS;
}

/**
 * Keeps a Pushgateway's group at what the source collects. Each push is a PUT, which replaces the whole group: series that
 * are no more vanish by themselves. Throws on an address that is none.
 */
export function createGatewayOutlet(
  options: GatewayOptions,
  { source, telemetry, stopLimits = STOP_LIMITS }: Parts,
): GatewayOutlet {
  const url = gatewayUrl(options.address);
  const client = createGatewayClient(options);
  const arrivals = createArrivals({ outlet: "pushgateway", endpoint: url.href }, telemetry);
  const limits = createTimeLimits();
  const bell = createBell();
  const stopping = new AbortController();
  const requestMs = () =>
    stopping.signal.aborted ? stopLimits.requestMs : Math.min(options.timeoutMs, options.intervalMs);
  const collectionMs = () =>
    stopping.signal.aborted ? stopLimits.collectionMs : Math.max(options.intervalMs, MIN_COLLECTION_TIMEOUT_MS);
  let running: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  let failsToCollect = false;
  /** Where the group stands that this agent made. */
  let pushedPath: string | undefined;

  async function within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = limits.start(limitMs);
    try {
      return await work(limit.signal);
    } finally {
      limit.end();
    }
  }

  function failed(failure: SendFailure) {
    arrivals.failed(failure, {
      remedy: gatewayRemedy(failure, { authority: url.host }),
      requests: 1,
      failedRequests: 1,
    });
  }

  async function collect(): Promise<FamilyGroups | undefined> {
    try {
      const groups = await within(collectionMs(), (signal) => Promise.race([source.collect(), whenUp(signal)]));
      failsToCollect = false;
      return groups;
    } catch (error) {
      if (!failsToCollect) collectionFailed(telemetry, { outlet: "pushgateway", error });
      failsToCollect = true;
      return undefined;
    }
  }

  async function push() {
    const groups = await collect();
    if (groups === undefined) return;
    const path = groupPath(options.groupingKey());
    // The engine has told its name, or is another one: what stands under the old name would stay for ever.
    if (pushedPath !== undefined && pushedPath !== path) await remove(pushedPath);
    const body = await pageBody(groups, "text", false);
    const failure = await within(requestMs(), (signal) => client.send({ method: "PUT", path, body }, signal));
    if (failure === undefined) {
      const counted = { points: pointCount(groups), bytes: body.length, rejectedPoints: 0, partial: false };
      requestAccepted(telemetry, { outlet: "pushgateway", ...counted });
      pushedPath = path;
      arrivals.arrived();
    } else {
      requestFailed(telemetry, { outlet: "pushgateway" });
      failed(failure);
    }
  }

  async function remove(path: string) {
    const failure = await within(requestMs(), (signal) => client.send({ method: "DELETE", path }, signal));
    if (failure === undefined) pushedPath = undefined;
    else failed(failure);
  }

  async function run() {
    while (!stopping.signal.aborted) {
      const beganAt = performance.now();
      await push();
      await bell.heard(Math.max(0, options.intervalMs - (performance.now() - beganAt)), stopping.signal);
    }
  }

  async function shutDown() {
    stopping.abort();
    limits.shorten(stopLimits.ongoingMs);
    await running;
    if (running !== undefined && !options.deleteOnExit) await push();
    if (options.deleteOnExit && pushedPath !== undefined) await remove(pushedPath);
    client.close();
  }

  return {
    endpoint: url.href,
    get standing() {
      return arrivals.standing;
    },
    start() {
      running ??= run();
    },
    pushSoon: bell.ring,
    stop() {
      stopped ??= shutDown();
      return stopped;
    },
  };
}

function whenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the collection took too long")), { once: true });
  });
}

function pointCount(groups: FamilyGroups): number {
  let count = 0;
  for (const group of groups) for (const { dataPoints } of group) count += dataPoints.length;
  return count;
}
