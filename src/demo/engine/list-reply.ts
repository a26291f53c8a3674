import { commandOf, hexId, imageOf, isUp, networkModeOf, type SimulatedContainer } from "./container.ts";
import { endpointsReply } from "./network-reply.ts";
import { podmanListEntry } from "./podman-replies.ts";
import { isAtLeast } from "./profile.ts";
import { isTrue } from "./query.ts";
import { humanDuration } from "./times.ts";
import type { View } from "./view.ts";
import { windowsListEntry } from "./windows-replies.ts";

/** GET /containers/json: the newest first; `all`, `size`, `limit`, and the filters id, name, label and status. */
export function listReply(all: readonly SimulatedContainer[], view: View, query: URLSearchParams): object[] {
  const filters = Object.entries(JSON.parse(query.get("filters") || "{}") as Record<string, string[] | object>).map(
    ([key, values]) => [key, Array.isArray(values) ? values : Object.keys(values)] as const,
  );
  const limit = Number(query.get("limit") || 0);
  const withStopped = isTrue(query.get("all")) || limit > 0 || filters.some(([key]) => key === "status");
  const chosen = all
    .filter((container) => withStopped || isUp(container) || container.status === "restarting")
    .filter((container) => filters.every(([key, values]) => values.some((value) => matches(container, key, value))))
    .reverse();
  const size = isTrue(query.get("size"));
  const entries = (limit > 0 ? chosen.slice(0, limit) : chosen).map((container) =>
    listEntry(container, view, { size }),
  );
  if (view.profile.osType === "windows") return entries.map(windowsListEntry);
  return view.profile.flavour === "podman" ? entries.map(podmanListEntry) : entries;
}

function matches(container: SimulatedContainer, key: string, value: string): boolean {
  switch (key) {
    case "id":
      return container.id.startsWith(value);
    case "name":
      return container.name.includes(value.replace(/^\//, ""));
    case "status":
      return container.status === value;
    case "label": {
      const [name = "", wanted] = value.split("=", 2);
      const labels = container.options.labels ?? {};
      return name in labels && (wanted === undefined || labels[name] === wanted);
    }
    default:
      return true;
  }
}

function listEntry(container: SimulatedContainer, view: View, { size }: { size: boolean }): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: imageOf(container),
    ImageID: `sha256:${hexId(`image/${imageOf(container)}`)}`,
    Command: commandOf(container).join(" "),
    Created: Math.floor(container.createdAtMs / 1000),
    Ports: [],
    ...(size ? sizeReply(container, view) : {}),
    Labels: container.options.labels ?? {},
    State: container.status,
    Status: statusText(container, view.nowMs),
    ...(isAtLeast(view.apiVersion, "1.52")
      ? { Health: { Status: container.health ?? "none", FailingStreak: container.health === "unhealthy" ? 3 : 0 } }
      : {}),
    HostConfig: { NetworkMode: networkModeOf(container) },
    NetworkSettings: { Networks: endpointsReply(container, view) },
    Mounts: [],
  };
}

/** 28 leaves SizeRw out when it is 0; an idle container has 4096 on 29. */
export function sizeReply(container: SimulatedContainer, { profile }: View): { SizeRw?: number; SizeRootFs: number } {
  // moby's GetContainerLayerSize on Windows is a constant 0 (23.0, daemon/images/image_windows.go).
  if (profile.osType === "windows") return { SizeRootFs: 0 };
  const written = container.seed % 3 === 0 ? 0 : (container.seed % 4096) * 512;
  const sizeRw = isAtLeast(profile.engineVersion, "29.0") ? written + 4096 : written;
  return { ...(sizeRw > 0 ? { SizeRw: sizeRw } : {}), SizeRootFs: 4_136_580 + sizeRw };
}

/** "Up 5 minutes (healthy)", "Exited (3) 41 minutes ago" … */
export function statusText(container: SimulatedContainer, nowMs: number): string {
  if (container.status === "created") return "Created";
  if (!isUp(container)) {
    const verb = container.status === "restarting" ? "Restarting" : "Exited";
    return `${verb} (${container.exitCode}) ${humanDuration(nowMs - (container.finishedAtMs ?? nowMs))} ago`;
  }
  const up = `Up ${humanDuration(nowMs - (container.startedAtMs ?? nowMs))}`;
  if (container.status === "paused") return `${up} (Paused)`;
  if (container.health === undefined) return up;
  return `${up} (${container.health === "starting" ? "health: starting" : container.health})`;
}
