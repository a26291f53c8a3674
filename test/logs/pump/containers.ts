import type { Container } from "../../../src/inventory/inventory.ts";

export const ID = "0123456789ab".padEnd(64, "0");

interface About {
  readonly id?: string;
  readonly name?: string;
  readonly image?: string;
  readonly labels?: Record<string, string>;
  readonly running?: boolean;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly isAutoRemoved?: boolean;
  readonly driver?: string;
  readonly driverOptions?: Record<string, string>;
}

/** A container as the inventory tells of it: running since five, if nothing else is said. */
export function container(about: About = {}): Container {
  const { id = ID, name = "web", image = "nginx:1.29", labels = {}, running = true } = about;
  return {
    summary: { Id: id, Names: [`/${name}`], Image: image, Labels: labels, State: running ? "running" : "exited" },
    inspect: {
      Id: id,
      Name: `/${name}`,
      State: {
        Running: running,
        StartedAt: about.startedAt ?? "2026-11-21T05:00:00Z",
        FinishedAt: about.finishedAt ?? (running ? "0001-01-01T00:00:00Z" : "2026-11-21T06:00:00Z"),
      },
      Config: { Image: image, Tty: false },
      HostConfig: {
        AutoRemove: about.isAutoRemoved ?? false,
        LogConfig: { Type: about.driver ?? "json-file", Config: about.driverOptions ?? {} },
      },
    },
    oomEvents: 0,
  };
}
