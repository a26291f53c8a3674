import { isUp, type SimulatedContainer } from "./container.ts";
import type { EngineProfile } from "./profile.ts";
import { rfc3339 } from "./times.ts";
import type { View } from "./view.ts";
import { windowsInfo } from "./windows-replies.ts";

/** Headers of every reply; `_ping` says no more than these. */
export function engineHeaders(profile: EngineProfile): Record<string, string> {
  const isPodman = profile.flavour === "podman";
  return {
    "Api-Version": profile.apiVersion,
    "Docker-Experimental": "false",
    ...(isPodman ? { "Libpod-Api-Version": profile.engineVersion } : { Ostype: profile.osType }),
    Server: `${isPodman ? "Libpod" : "Docker"}/${profile.engineVersion} (${profile.osType})`,
  };
}

/** GET /version */
export function versionReply({ profile }: View): object {
  const own = {
    GitCommit: "3ef3c07c883b",
    GoVersion: "go1.24.8",
    Os: profile.osType,
    Arch: "amd64",
    KernelVersion: profile.kernelVersion,
    BuildTime: "2026-09-15T11:02:57.000000000+00:00",
  };
  const { engineVersion, apiVersion, minApiVersion } = profile;
  const details = { ...own, Experimental: "false" };
  const component = ([Name, Version]: readonly [string, string]) => ({ Name, Version, Details: { GitCommit: "" } });
  const components =
    profile.flavour === "podman"
      ? [
          {
            Name: "Podman Engine",
            Version: engineVersion,
            Details: { ...details, APIVersion: engineVersion, MinAPIVersion: "4.0.0" },
          },
        ]
      : [
          {
            Name: "Engine",
            Version: engineVersion,
            Details: { ...details, ApiVersion: apiVersion, MinAPIVersion: minApiVersion },
          },
          ...(profile.osType === "windows" ? [] : COMPONENTS_OF_LINUX.map(component)),
        ];
  return {
    Platform: { Name: "" },
    Components: components,
    Version: engineVersion,
    ApiVersion: apiVersion,
    MinAPIVersion: minApiVersion,
    ...own,
  };
}

const COMPONENTS_OF_LINUX = [
  ["containerd", "2.1.4"],
  ["runc", "1.3.0"],
  ["docker-init", "0.19.0"],
] as const;

/** GET /info */
export function infoReply(containers: readonly SimulatedContainer[], { profile, nowMs }: View): object {
  const reply = {
    ID: profile.hostId,
    Containers: containers.length,
    ContainersRunning: containers.filter(({ status }) => status === "running").length,
    ContainersPaused: containers.filter(({ status }) => status === "paused").length,
    ContainersStopped: containers.filter((container) => !isUp(container)).length,
    Images: 3,
    Driver: "overlay2",
    DriverStatus: [["Backing Filesystem", "extfs"]],
    Plugins: {
      Volume: ["local"],
      Network: ["bridge", "host", "null"],
      Authorization: null,
      Log: ["json-file", "local"],
    },
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: true,
    Debug: false,
    NFd: 60,
    OomKillDisable: profile.cgroupVersion === "1",
    NGoroutines: 70,
    SystemTime: rfc3339(nowMs),
    LoggingDriver: "json-file",
    CgroupDriver: profile.cgroupDriver,
    CgroupVersion: profile.cgroupVersion,
    NEventsListener: 0,
    KernelVersion: profile.kernelVersion,
    OperatingSystem: profile.operatingSystem,
    OSVersion: "13",
    OSType: "linux",
    Architecture: "x86_64",
    IndexServerAddress: "https://index.docker.io/v1/",
    NCPU: profile.cpuCores,
    MemTotal: profile.memoryBytes,
    GenericResources: null,
    DockerRootDir: "/var/lib/docker",
    HttpProxy: "",
    HttpsProxy: "",
    NoProxy: "",
    Name: profile.hostName,
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: profile.engineVersion,
    Runtimes: { runc: { path: "runc" } },
    DefaultRuntime: "runc",
    Swarm: {
      NodeID: "",
      NodeAddr: "",
      LocalNodeState: "inactive",
      ControlAvailable: false,
      Error: "",
      RemoteManagers: null,
    },
    LiveRestoreEnabled: false,
    Isolation: "",
    InitBinary: "docker-init",
    ContainerdCommit: { ID: "" },
    RuncCommit: { ID: "" },
    InitCommit: { ID: "" },
    ...(profile.flavour === "podman" ? { BuildahVersion: "1.39.3", Rootless: false } : {}),
    SecurityOptions: ["name=seccomp,profile=builtin", ...(profile.cgroupVersion === "2" ? ["name=cgroupns"] : [])],
    Warnings: null,
  };
  return profile.osType === "windows" ? windowsInfo(reply) : reply;
}
