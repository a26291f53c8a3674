import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TlsTexts, tlsServerOptions } from "../tls-texts.ts";
import { type Containers, createContainers } from "./containers.ts";
import { createEventLog } from "./event-log.ts";
import { createEventStreams, type EventStreams } from "./event-stream.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createLogStreams, type LogStreams } from "./logs/log-streams.ts";
import { type EngineProfile, engineProfile } from "./profile.ts";
import { createRequestRecorder, type LoggedRequest, type RequestLog } from "./requests.ts";
import { createRequestListener, type ToldReply, type World } from "./server.ts";

export interface SimulatedEngineOptions extends Partial<EngineProfile> {
  /** A path for a unix socket, or a TCP port on 127.0.0.1 (0: a free one); absent: a socket in a new temporary folder. */
  readonly address?: string | { readonly port: number };
  /** TLS, on TCP alone. */
  readonly tls?: TlsTexts;
  /** Milliseconds since the epoch; every number of a container is a function of it. */
  readonly clock?: () => number;
  /** Stats as before Engine 25: a one-shot waits for the next tick of a collector. */
  readonly slowStats?: boolean;
  /** How far apart the collector's ticks are. */
  readonly statsTickMs?: number;
}

export interface SimulatedEngine {
  /** "unix:///tmp/…/docker.sock" or "tcp://127.0.0.1:2375" */
  readonly address: string;
  /** Absent on TCP. */
  readonly socketPath: string | undefined;
  readonly profile: EngineProfile;
  readonly containers: Containers;
  readonly faults: Faults;
  readonly eventStreams: Omit<EventStreams, "open">;
  readonly logStreams: Omit<LogStreams, "add" | "isHushed" | "wrote">;
  readonly requests: RequestLog;
  /** Requests other than GET and HEAD: none may ever come from a reading agent. */
  readonly violations: readonly LoggedRequest[];
  /** Tells of each answer as it is given, those apart that a fault changes. */
  onReply(listener: (reply: ToldReply) => void): () => void;
  /** By the engine's clock, milliseconds since the epoch. */
  nowMs(): number;
  /** Its clock is set: times jump, what containers did so far does not. */
  jumpClock(byMs: number): void;
  /** The daemon is gone: no listener, every connection lost. Containers go on, as with live restore. */
  down(): Promise<void>;
  /** It is back on the same address, and has forgotten its events. */
  up(): Promise<void>;
  /** Another release from now on; `down()` and `up()` around it are the caller's. */
  upgrade(to: Partial<EngineProfile>): void;
  /** Tells when it closes for good. */
  onClose(listener: () => void): void;
  close(): Promise<void>;
}

/** A Docker Engine that is not there, on a socket that is: what it says of its containers is worked out, not measured. */
export async function startSimulatedEngine(options: SimulatedEngineOptions = {}): Promise<SimulatedEngine> {
  const { address, tls, clock = Date.now, slowStats = false, statsTickMs = 1000, ...given } = options;
  let jumpedMs = 0;
  const nowMs = () => clock() + jumpedMs;
  const events = createEventLog(nowMs);
  const profile = engineProfile(given);
  const world: World = {
    containers: createContainers({ clock: nowMs, events, flavour: profile.flavour }),
    eventStreams: createEventStreams(events),
    logStreams: createLogStreams(),
    faults: createFaults(),
    requests: createRequestRecorder(),
    violations: [],
    timing: { oneShotDelayMs: slowStats ? statsTickMs : 0, readingIntervalMs: statsTickMs },
    clock: nowMs,
    replyListeners: new Set(),
    profile,
  };
  const listener = createRequestListener(world);
  const newServer = () => (tls ? createTlsServer(tlsServerOptions(tls), listener) : createServer(listener)) as Server;
  const folder = address === undefined ? await mkdtemp(join(tmpdir(), "simulated-engine-")) : undefined;
  let place: string | { port: number } = address ?? join(folder as string, "docker.sock");
  const closeListeners: (() => void)[] = [];
  let server: Server | undefined = await listen(newServer(), place);
  if (typeof place !== "string") place = { port: (server.address() as AddressInfo).port };

  async function down() {
    const closing = server;
    server = undefined;
    if (closing) await shut(closing);
  }

  return {
    address: typeof place === "string" ? `unix://${place}` : `tcp://127.0.0.1:${place.port}`,
    socketPath: typeof place === "string" ? place : undefined,
    get profile() {
      return world.profile;
    },
    containers: world.containers,
    faults: world.faults,
    eventStreams: world.eventStreams,
    logStreams: world.logStreams,
    requests: world.requests,
    violations: world.violations,
    onReply(listener) {
      world.replyListeners.add(listener);
      return () => world.replyListeners.delete(listener);
    },
    nowMs,
    jumpClock(byMs) {
      jumpedMs += byMs;
      for (const container of world.containers.all()) {
        container.resumedAtMs += byMs;
        container.log.clockWasSet();
      }
      events.clockWasSet();
    },
    down,
    async up() {
      events.forget();
      server ??= await listen(newServer(), place);
    },
    upgrade(to) {
      const { flavour, osType, cgroupVersion, cgroupDriver, hostName, hostId, cpuCores, memoryBytes } = world.profile;
      const same = { flavour, osType, cgroupVersion, cgroupDriver, hostName, hostId, cpuCores, memoryBytes };
      world.profile = engineProfile({ ...same, engineVersion: world.profile.engineVersion, ...to });
    },
    onClose(listener) {
      closeListeners.push(listener);
    },
    async close() {
      for (const listener of closeListeners.splice(0)) listener();
      await down();
      if (folder) await rm(folder, { recursive: true, force: true });
    },
  };
}

function listen(server: Server, place: string | { port: number }): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const listening = () => {
      server.off("error", reject);
      resolve(server);
    };
    if (typeof place === "string") server.listen(place, listening);
    else server.listen(place.port, "127.0.0.1", listening);
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
