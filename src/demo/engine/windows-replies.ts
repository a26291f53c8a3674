import { NO_BLKIO } from "./blkio-stats.ts";
import { activeMs, hexId, networkModeOf, networksOf, type SimulatedContainer } from "./container.ts";
import { type Counters, countersAt } from "./counters.ts";
import { rfc3339 } from "./times.ts";
import type { View } from "./view.ts";

type Fields = Record<string, unknown>;

/**
 * What an engine on Windows says of the numbers of a container that runs: moby's `stats` in daemon/daemon_windows.go (23.0),
 * in the types of api/types/stats.go, which leave out what is 0 under memory and storage.
 */
export function windowsStats(container: SimulatedContainer, view: View, stackOwner: SimulatedContainer): object {
  const { profile, nowMs } = view;
  const counters = countersAt(container.load, container.seed, activeMs(container, nowMs), profile.cpuCores);
  return {
    read: rfc3339(nowMs),
    preread: rfc3339(undefined),
    pids_stats: {},
    blkio_stats: NO_BLKIO,
    num_procs: profile.cpuCores,
    storage_stats: storage(counters),
    cpu_stats: { cpu_usage: cpuUsage(container, counters), throttling_data: NO_THROTTLING },
    precpu_stats: {
      cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
      throttling_data: NO_THROTTLING,
    },
    memory_stats: memory(counters),
    ...networks(stackOwner, view),
  };
}

/** What it makes of Docker's inspect reply on Linux. */
export function windowsInspect(docker: object, { options }: SimulatedContainer): object {
  const { HostConfig, NetworkSettings, ...others } = docker as Record<string, Fields>;
  const { MaskedPaths: _, ReadonlyPaths: _paths, ...host } = HostConfig as Fields;
  return {
    ...others,
    ResolvConfPath: "",
    HostnamePath: "",
    HostsPath: "",
    Driver: "windowsfilter",
    Platform: "windows",
    AppArmorProfile: "",
    HostConfig: {
      ...host,
      NetworkMode: networkOf(host.NetworkMode),
      CgroupnsMode: "",
      IpcMode: "",
      Runtime: "",
      ShmSize: 0,
      Isolation: options.isolation ?? "process",
      MemorySwap: 0,
      OomKillDisable: false,
      CpuCount: options.cpuCount ?? 0,
      CpuPercent: options.cpuPercent ?? 0,
      MaskedPaths: null,
      ReadonlyPaths: null,
    },
    GraphDriver: { Data: { dir: "C:\\ProgramData\\docker\\windowsfilter" }, Name: "windowsfilter" },
    NetworkSettings: { ...NetworkSettings, Networks: byNetwork(NetworkSettings?.Networks) },
  };
}

export function windowsListEntry(docker: object): object {
  const { HostConfig, NetworkSettings, ...others } = docker as Record<string, Fields>;
  return {
    ...others,
    HostConfig: { ...HostConfig, NetworkMode: networkOf(HostConfig?.NetworkMode) },
    NetworkSettings: { Networks: byNetwork(NetworkSettings?.Networks) },
  };
}

/** GET /info: it has no cgroups. */
export function windowsInfo(docker: object): object {
  const { CgroupVersion: _, ...others } = docker as Fields;
  return {
    ...others,
    Driver: "windowsfilter",
    DriverStatus: [["Windows", ""]],
    Plugins: {
      Volume: ["local"],
      Network: ["ics", "internal", "l2bridge", "l2tunnel", "nat", "null", "overlay", "private", "transparent"],
      Authorization: null,
      Log: ["etwlogs", "json-file", "local"],
    },
    CgroupDriver: "",
    OSVersion: "10.0.20348.2849",
    OSType: "windows",
    DockerRootDir: "C:\\ProgramData\\docker",
    Runtimes: { "com.docker.hcsshim.v1": { path: "" } },
    DefaultRuntime: "com.docker.hcsshim.v1",
    Isolation: "process",
    InitBinary: "",
    SecurityOptions: [],
  };
}

/** GET /containers/{id}/top: `ContainerTop` of daemon/top_windows.go (23.0), which asks the Host Compute Service. */
export function windowsTop(container: SimulatedContainer): object {
  const Processes = Array.from({ length: Math.ceil(container.load.threads / 2) }, (_, i) => [
    i === 0 ? "smss.exe" : "svchost.exe",
    String(1000 + container.ordinal * 64 + i * 4),
    "00:00:00.062",
    "2.044MB",
  ]);
  return { Processes, Titles: ["Name", "PID", "CPU", "Private Working Set"] };
}

const NO_THROTTLING = { periods: 0, throttled_periods: 0, throttled_time: 0 };

/** In 100 ns. Under Hyper-V isolation the modes are not known. */
function cpuUsage({ options }: SimulatedContainer, { cpuNanoseconds, userNanoseconds }: Counters) {
  const isWhole = options.isolation === "hyperv";
  return {
    total_usage: cpuNanoseconds / 100,
    usage_in_kernelmode: isWhole ? 0 : (cpuNanoseconds - userNanoseconds) / 100,
    usage_in_usermode: isWhole ? 0 : userNanoseconds / 100,
  };
}

function memory({ anonBytes }: Counters): object {
  const commit = anonBytes + 24 * 2 ** 20;
  return withoutZeros({ commitbytes: commit, commitpeakbytes: 2 * commit, privateworkingset: anonBytes });
}

function storage({ readBytes, writeBytes }: Counters): object {
  return withoutZeros({
    read_count_normalized: Math.floor(readBytes / 8192),
    read_size_bytes: readBytes,
    write_count_normalized: Math.floor(writeBytes / 8192),
    write_size_bytes: writeBytes,
  });
}

/** By endpoint; the errors are a field of Linux, which is written all the same. */
function networks(owner: SimulatedContainer, { profile, nowMs }: View): { networks?: object } {
  if (networkModeOf(owner) === "none") return {};
  const { receiveBytes, transmitBytes } = countersAt(owner.load, owner.seed, activeMs(owner, nowMs), profile.cpuCores);
  const counts = {
    rx_bytes: receiveBytes,
    rx_packets: Math.floor(receiveBytes / 420),
    rx_errors: 0,
    rx_dropped: Math.floor(receiveBytes / 5e7),
    tx_bytes: transmitBytes,
    tx_packets: Math.floor(transmitBytes / 380),
    tx_errors: 0,
    tx_dropped: 0,
  };
  return { networks: Object.fromEntries(networksOf(owner).map((name) => [endpointGuid(owner, name), counts])) };
}

function endpointGuid({ id }: SimulatedContainer, network: string): string {
  const hex = hexId(`endpoint/${network}/${id}`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** The network that a container comes into without being told. */
function networkOf(mode: unknown): unknown {
  return mode === "bridge" ? "nat" : mode;
}

function byNetwork(endpoints: unknown): object {
  return Object.fromEntries(Object.entries(endpoints ?? {}).map(([name, endpoint]) => [networkOf(name), endpoint]));
}

function withoutZeros(fields: Record<string, number>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== 0));
}
