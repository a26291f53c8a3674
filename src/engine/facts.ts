import type { EngineAddress } from "./address.ts";
import { isOlder } from "./api-version.ts";
import type { EngineFacts } from "./engine.ts";
import type { InfoReply, PingReply, VersionReply } from "./replies.ts";

export interface Introductions {
  readonly ping: PingReply;
  /** Absent where a socket proxy forbids it; so is `info`. */
  readonly version?: VersionReply | undefined;
  readonly info?: InfoReply | undefined;
  /** What was negotiated. */
  readonly apiVersion: string | undefined;
  readonly address: EngineAddress;
}

/** What three replies tell of an engine, each field from the first that has it; what none tells is absent. */
export function factsOf({ ping, version = {}, info = {}, apiVersion, address }: Introductions): EngineFacts {
  const [, program, served] = /^(\w+)\/(\S+)/.exec(ping.server ?? "") ?? [];
  const isPodman = program === "Libpod" || listOf(version.Components).some((part) => part?.Name === "Podman Engine");
  const newestApi = ping.apiVersion ?? text(version.ApiVersion);
  return {
    flavour: isPodman ? "podman" : "docker",
    engineVersion: text(version.Version) ?? text(info.ServerVersion) ?? served ?? "unknown",
    ...(apiVersion !== undefined && { apiVersion }),
    osType: (text(info.OSType) ?? ping.osType ?? text(version.Os)) === "windows" ? "windows" : "linux",
    ...present("architecture", text(info.Architecture) ?? text(version.Arch)),
    ...present("operatingSystem", text(info.OperatingSystem)),
    ...present("kernelVersion", text(info.KernelVersion) ?? text(version.KernelVersion)),
    ...present("hostName", text(info.Name)),
    ...present("hostId", text(info.ID)),
    ...present("cpuCores", positive(info.NCPU)),
    ...present("memoryBytes", positive(info.MemTotal)),
    ...present("cgroupDriver", text(info.CgroupDriver)),
    ...present("cgroupVersion", cgroupVersion(info.CgroupVersion)),
    rootless: info.Rootless === true || listOf(info.SecurityOptions).some((option) => /\bname=rootless\b/.test(option)),
    // moby 95aea39348, released with Engine 25.0 = API 1.44.
    instantStats: isPodman || (newestApi !== undefined && !isOlder(newestApi, "1.44")),
    local: address.kind !== "tcp",
  };
}

function present<K extends string, V>(key: K, value: V | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: V };
}

/** These become attributes of every request. */
const MAX_TEXT = 256;

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.toWellFormed().slice(0, MAX_TEXT) : undefined;
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
}

function cgroupVersion(value: unknown): "1" | "2" | undefined {
  return value === "1" || value === "2" ? value : undefined;
}

function listOf<T>(value: readonly T[] | null | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
