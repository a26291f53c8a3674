import { createAnnouncer } from "./announcer.ts";
import {
  activeMs,
  type Health,
  isUp,
  newContainer,
  type RunOptions,
  type SimulatedContainer,
  type UpdateOptions,
} from "./container.ts";
import type { EventLog } from "./event-log.ts";
import type { Print } from "./logs/container-log.ts";
import type { EngineProfile } from "./profile.ts";

/** What can be done to the simulated engine's containers; each is named by id, unique id prefix or name. */
export interface Containers {
  all(): readonly SimulatedContainer[];
  find(idOrName: string): SimulatedContainer | undefined;
  get(idOrName: string): SimulatedContainer;
  create(options?: RunOptions): string;
  /** Creates and starts; gives the id. */
  run(options?: RunOptions): string;
  start(idOrName: string): void;
  /** Ends by a signal, as `docker stop` does. */
  stop(idOrName: string, exitCode?: number): void;
  /** Ends of its own accord. */
  exit(idOrName: string, exitCode?: number): void;
  restart(idOrName: string): void;
  /** Ends, and its restart policy starts it again, which counts. */
  crash(idOrName: string, exitCode?: number): void;
  /** Ends, and its restart policy waits before it starts it again: `start` does. */
  crashAndWait(idOrName: string, exitCode?: number): void;
  pause(idOrName: string): void;
  unpause(idOrName: string): void;
  rename(idOrName: string, name: string): void;
  update(idOrName: string, changes: UpdateOptions): void;
  setHealth(idOrName: string, health: Health): void;
  /** The kernel killed a process of it; the container itself goes on. */
  oom(idOrName: string): void;
  /** Writes to its standard output or error. */
  print(idOrName: string, print: Print): void;
  /** By force: a running one is killed first. */
  remove(idOrName: string): void;
}

export interface ContainersOptions {
  readonly clock: () => number;
  readonly events: EventLog;
  readonly flavour: EngineProfile["flavour"];
}

export function createContainers({ clock, events, flavour }: ContainersOptions): Containers {
  const byId = new Map<string, SimulatedContainer>();
  const byName = new Map<string, SimulatedContainer>();
  const { tell, tellNetworks } = createAnnouncer({ events, flavour });
  let ordinal = 0;

  function find(idOrName: string) {
    const exact = byId.get(idOrName) ?? byName.get(idOrName.replace(/^\//, ""));
    if (exact || !/^[0-9a-f]{6,63}$/.test(idOrName)) return exact;
    const matches = [...byId.values()].filter(({ id }) => id.startsWith(idOrName));
    return matches.length === 1 ? matches[0] : undefined;
  }

  function get(idOrName: string) {
    const container = find(idOrName);
    if (!container) throw new Error(`The simulated engine has no container ${idOrName}`);
    return container;
  }

  function begin(container: SimulatedContainer, startedAtMs: number) {
    container.status = "running";
    container.startedAtMs = startedAtMs;
    container.resumedAtMs = startedAtMs;
    container.activeBeforeMs = 0;
    container.exitCode = 0;
    container.oomKilled = false;
    container.oomEvents = 0;
    const { healthcheck } = container.options;
    container.health = typeof healthcheck === "string" ? healthcheck : healthcheck ? "starting" : undefined;
    container.log.open();
    tellNetworks(container, "connect");
    if (flavour === "podman") tell(container, "init");
    tell(container, "start");
  }

  function end(container: SimulatedContainer, exitCode: number) {
    const nowMs = clock();
    const ranMs = nowMs - (container.startedAtMs ?? nowMs);
    container.status = "exited";
    container.finishedAtMs = nowMs;
    container.exitCode = exitCode;
    container.log.close();
    tell(container, "die", { execDuration: String(Math.floor(ranMs / 1000)), exitCode: String(exitCode) });
    tellNetworks(container, "disconnect");
    if (flavour === "podman") tell(container, "cleanup");
  }

  const containers: Containers = {
    all: () => [...byId.values()],
    find,
    get,
    create(options = {}) {
      const container = newContainer(options, { ordinal: ++ordinal, clock, flavour });
      if (byName.has(container.name)) throw new Error(`The simulated engine has a container ${container.name} already`);
      byId.set(container.id, container);
      byName.set(container.name, container);
      tell(container, "create");
      return container.id;
    },
    run(options = {}) {
      const id = containers.create(options);
      begin(get(id), clock() - (options.startedAgoMs ?? 0));
      return id;
    },
    start(idOrName) {
      const container = get(idOrName);
      if (!isUp(container)) begin(container, clock());
    },
    stop(idOrName, exitCode = 143) {
      const container = get(idOrName);
      if (!isUp(container)) return;
      tell(container, "kill", { signal: "15" });
      end(container, exitCode);
      tell(container, "stop");
    },
    exit(idOrName, exitCode = 0) {
      const container = get(idOrName);
      if (isUp(container)) end(container, exitCode);
    },
    restart(idOrName) {
      const container = get(idOrName);
      containers.stop(container.id);
      begin(container, clock());
      tell(container, "restart");
    },
    crash(idOrName, exitCode = 1) {
      containers.crashAndWait(idOrName, exitCode);
      containers.start(idOrName);
    },
    crashAndWait(idOrName, exitCode = 1) {
      const container = get(idOrName);
      end(container, exitCode);
      container.status = "restarting";
      container.restartCount++;
    },
    pause(idOrName) {
      const container = get(idOrName);
      container.activeBeforeMs = activeMs(container, clock());
      container.status = "paused";
      tell(container, "pause");
    },
    unpause(idOrName) {
      const container = get(idOrName);
      container.resumedAtMs = clock();
      container.status = "running";
      tell(container, "unpause");
    },
    rename(idOrName, name) {
      const container = get(idOrName);
      const oldName = container.name;
      byName.delete(oldName);
      byName.set(name, container);
      container.name = name;
      tell(container, "rename", { oldName: `/${oldName}` });
    },
    update(idOrName, changes) {
      const container = get(idOrName);
      container.options = { ...container.options, ...changes };
      tell(container, "update");
    },
    setHealth(idOrName, health) {
      const container = get(idOrName);
      container.health = health;
      tell(container, `health_status: ${health}`);
    },
    oom(idOrName) {
      const container = get(idOrName);
      container.oomEvents++;
      container.oomKilled = true;
      tell(container, "oom");
    },
    print(idOrName, print) {
      get(idOrName).log.print(print);
    },
    remove(idOrName) {
      const container = get(idOrName);
      if (isUp(container)) {
        tell(container, "kill", { signal: "9" });
        end(container, 137);
      }
      byId.delete(container.id);
      byName.delete(container.name);
      tell(container, "destroy");
    },
  };
  return containers;
}
