import type { EngineFacts } from "../engine/engine.ts";

export interface CgroupPlace {
  readonly containerId: string;
  /** HostConfig.CgroupParent: empty unless given at `docker run`. */
  readonly parent: string;
  readonly facts: Pick<EngineFacts, "cgroupDriver" | "flavour">;
}

/**
 * The container's cgroup path, which is cAdvisor's `id` (0.60.5; equal on engines 20.10 and 28.5 for both drivers).
 * The API does not tell a `cgroup-parent` of the daemon's own configuration, nor what a relative parent or a rootless or
 * nested engine is relative to: there the path is the one that an ordinary engine would use. It names the container all
 * the same, since it ends in its id. Windows has no cgroups, nor has cAdvisor its containers: they are named as Docker's
 * cgroup driver would, so that queries which tell containers by `id=~"/docker/.+"` find them too.
 */
export function cgroupPath({ containerId, parent, facts }: CgroupPlace): string {
  const podman = facts.flavour === "podman";
  if (facts.cgroupDriver === "systemd") {
    const slice = parent || (podman ? "machine.slice" : "system.slice");
    return `${slicePath(slice)}/${podman ? "libpod" : "docker"}-${containerId}.scope`;
  }
  const folder = withoutOuterSlashes(parent) || (podman ? "libpod_parent" : "docker");
  return `/${folder}/${podman ? "libpod-" : ""}${containerId}`;
}

/** systemd nests slices by their dashes: "my-app.slice" lies in "my.slice", and "-.slice" is the root (systemd.slice(5)). */
function slicePath(slice: string): string {
  if (!slice.endsWith(".slice") || slice.includes("/")) return `/${withoutOuterSlashes(slice)}`;
  const parts = slice.slice(0, -".slice".length).split("-").filter(Boolean);
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("-")}.slice`).join("");
}

function withoutOuterSlashes(path: string): string {
  return path.replace(/^\/+|\/+$/g, "");
}
