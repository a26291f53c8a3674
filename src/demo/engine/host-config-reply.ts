import { networkModeOf, type SimulatedContainer } from "./container.ts";
import { memorySwapLimit } from "./memory-stats.ts";
import { isAtLeast } from "./profile.ts";
import type { View } from "./view.ts";

/** inspect's HostConfig: what was asked for. */
export function hostConfigReply(container: SimulatedContainer, { profile }: View): object {
  const { options } = container;
  return {
    Binds: null,
    ContainerIDFile: "",
    LogConfig: { Type: options.logDriver ?? "json-file", Config: options.logOptions ?? {} },
    NetworkMode: networkModeOf(container),
    PortBindings: {},
    RestartPolicy: { Name: options.restartPolicy ?? "no", MaximumRetryCount: 0 },
    AutoRemove: false,
    VolumeDriver: "",
    VolumesFrom: null,
    ConsoleSize: [0, 0],
    CapAdd: null,
    CapDrop: null,
    CgroupnsMode: profile.cgroupVersion === "2" ? "private" : "host",
    Dns: [],
    DnsOptions: [],
    DnsSearch: [],
    ExtraHosts: null,
    GroupAdd: null,
    IpcMode: "private",
    Cgroup: "",
    Links: null,
    OomScoreAdj: 0,
    PidMode: "",
    Privileged: false,
    PublishAllPorts: false,
    ReadonlyRootfs: false,
    SecurityOpt: null,
    UTSMode: "",
    UsernsMode: "",
    ShmSize: 67_108_864,
    Runtime: "runc",
    Isolation: "",
    CpuShares: options.cpuShares ?? 0,
    Memory: options.memoryLimitBytes ?? 0,
    NanoCpus: options.nanoCpus ?? 0,
    CgroupParent: options.cgroupParent ?? "",
    BlkioWeight: 0,
    BlkioWeightDevice: [],
    BlkioDeviceReadBps: [],
    BlkioDeviceWriteBps: [],
    BlkioDeviceReadIOps: [],
    BlkioDeviceWriteIOps: [],
    CpuPeriod: options.cpuPeriodMicroseconds ?? 0,
    CpuQuota: options.cpuQuotaMicroseconds ?? 0,
    CpuRealtimePeriod: 0,
    CpuRealtimeRuntime: 0,
    CpusetCpus: "",
    CpusetMems: "",
    Devices: [],
    DeviceCgroupRules: null,
    DeviceRequests: null,
    ...(isAtLeast(profile.apiVersion, "1.42") || profile.flavour === "podman"
      ? {}
      : { KernelMemory: 0, KernelMemoryTCP: 0 }),
    MemoryReservation: options.memoryReservationBytes ?? 0,
    MemorySwap: memorySwapLimit(container),
    MemorySwappiness: null,
    OomKillDisable: profile.cgroupVersion === "2" ? null : false,
    PidsLimit: options.pidsLimit ?? null,
    Ulimits: options.openFilesLimit
      ? [{ Name: "nofile", Soft: options.openFilesLimit, Hard: options.openFilesLimit }]
      : [],
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    MaskedPaths: ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"],
    ReadonlyPaths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
  };
}
