import type { ContainerInspect } from "../../../src/engine/replies.ts";

/** Of the population's labels those that the default settings leave out. */
const DENIED = ["com.docker.compose.config-hash", "traefik.http.middlewares.login.basicauth.users"];
const MAX_VALUE_LENGTH = 1024;

/** What every series of a container is labelled with, from its inspection: as cAdvisor 0.60.5 does it, on the cgroupfs driver. */
export function containerLabels({ Id, Name, Config, HostConfig }: ContainerInspect): Record<string, string> {
  const labels: Record<string, string> = {
    id: `${HostConfig?.CgroupParent || "/docker"}/${Id}`,
    name: (Name ?? "").replace("/", ""),
    image: Config?.Image ?? "",
  };
  // Backwards, so that of keys that become the same name the first in order stays.
  for (const [key, value] of Object.entries(Config?.Labels ?? {})
    .sort()
    .reverse()) {
    if (value === "" || DENIED.includes(key)) continue;
    labels[`container_label_${key.replace(/[^A-Za-z0-9_]/g, "_")}`] = value.slice(0, MAX_VALUE_LENGTH);
  }
  return labels;
}
