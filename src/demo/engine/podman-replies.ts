import { NO_BLKIO } from "./blkio-stats.ts";
import { isUp, type SimulatedContainer } from "./container.ts";
import { jsonReply, type Reply } from "./send.ts";

type Fields = Record<string, unknown>;

/** What Podman 5.4.2's compat API makes of the same container, as recorded: Docker's reply with these differences. */
export function podmanStats(container: SimulatedContainer, docker: object): Reply {
  // A container that is stopped is an error inside of a 200.
  if (!isUp(container)) {
    const message = `container ${container.id} is not running: container is stopped`;
    return jsonReply({ cause: "container is stopped", message, response: 500 });
  }
  const { cpu_stats, precpu_stats, memory_stats, blkio_stats, ...others } = docker as Record<string, Fields>;
  return jsonReply({
    ...others,
    blkio_stats: { ...NO_BLKIO, io_service_bytes_recursive: blkio_stats?.io_service_bytes_recursive ?? [] },
    cpu_stats: { ...cpu_stats, cpu: 0 },
    precpu_stats: { ...precpu_stats, cpu: 0 },
    memory_stats: { usage: memory_stats?.usage, limit: memory_stats?.limit },
    name: container.name,
    id: container.id,
  });
}

export function podmanListEntry(docker: object): object {
  const { HostConfig: _, ...others } = docker as Fields;
  const absent = { Config: null, NetworkingConfig: null, Platform: null };
  return { ...others, Name: "", ...absent, DefaultReadOnlyNonRecursive: false };
}

export function podmanInspect(docker: object): object {
  const { HostConfig, Config, GraphDriver, ...others } = docker as Record<string, Fields>;
  const storage = "/var/lib/containers/storage/overlay";
  const { ID: _, ...layers } = (GraphDriver?.Data ?? {}) as Fields;
  return {
    ...others,
    Driver: "overlay",
    AppArmorProfile: "",
    ExecIDs: [],
    HostConfig: { ...HostConfig, Annotations: { "io.container.manager": "libpod" }, Runtime: "oci", PidsLimit: 0 },
    GraphDriver: { Name: "overlay", Data: Object.fromEntries(Object.keys(layers).map((name) => [name, storage])) },
    SizeRootFs: 0,
    Config: { ...Config, StopSignal: "15", StopTimeout: 10 },
  };
}
