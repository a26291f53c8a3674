import { hexId, imageOf, networksOf, type SimulatedContainer } from "./container.ts";
import type { EventLog } from "./event-log.ts";
import type { EngineProfile } from "./profile.ts";

export interface Announcer {
  /** An event of the container, with what it is known by and `extra`. */
  tell(container: SimulatedContainer, action: string, extra?: Readonly<Record<string, string>>): void;
  /** An event of each network that it comes into or leaves. */
  tellNetworks(container: SimulatedContainer, action: "connect" | "disconnect"): void;
}

/** Says what happens to containers as the recorded event stream of engine 28.5 has it. */
export function createAnnouncer({
  events,
  flavour,
}: {
  events: EventLog;
  flavour: EngineProfile["flavour"];
}): Announcer {
  const podman = flavour === "podman" ? { podId: "" } : {};
  return {
    tell(container, action, extra = {}) {
      const { labels } = container.options;
      const attributes = { ...labels, ...extra, ...podman, image: imageOf(container), name: container.name };
      events.add({ type: "container", action, id: container.id, attributes });
    },
    tellNetworks(container, action) {
      for (const name of networksOf(container)) {
        const attributes = { container: container.id, name, type: driverOf(name) };
        events.add({ type: "network", action, id: hexId(`network/${name}`), attributes });
      }
    },
  };
}

function driverOf(network: string): string {
  if (network === "none") return "null";
  return network === "host" ? "host" : "bridge";
}
