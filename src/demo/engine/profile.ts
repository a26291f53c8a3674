import { createHash } from "node:crypto";

/** What the simulated engine says that it is, and on which machine. */
export interface EngineProfile {
  readonly flavour: "docker" | "podman";
  readonly osType: "linux" | "windows";
  readonly engineVersion: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly cgroupVersion: "1" | "2";
  readonly cgroupDriver: "systemd" | "cgroupfs";
  readonly hostName: string;
  readonly hostId: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
}

/** Completes what is given to an engine that could exist: an engine's release settles its API versions. */
export function engineProfile(given: Partial<EngineProfile> = {}): EngineProfile {
  const flavour = given.flavour ?? "docker";
  const osType = given.osType ?? "linux";
  const engineVersion = given.engineVersion ?? (flavour === "podman" ? "5.4.2" : "28.5.2");
  const cgroupVersion = given.cgroupVersion ?? "2";
  const hostName = given.hostName ?? "demo-host";
  return {
    flavour,
    osType,
    engineVersion,
    ...apiVersionsOf(flavour, engineVersion),
    cgroupVersion,
    cgroupDriver: cgroupVersion === "2" ? "systemd" : "cgroupfs",
    hostName,
    hostId: uuidOf(hostName),
    cpuCores: 4,
    memoryBytes: 16 * 2 ** 30,
    ...SYSTEMS[osType],
    ...given,
  };
}

const SYSTEMS = {
  linux: { kernelVersion: "6.12.57", operatingSystem: "Debian GNU/Linux 13 (trixie)" },
  windows: {
    kernelVersion: "10.0 20348 (20348.1.amd64fre.fe_release.210507-1500)",
    operatingSystem: "Microsoft Windows Server Version 21H2 (OS Build 20348.2849)",
  },
} as const;

/** Whether dotted version `version` is `floor` or newer. */
export function isAtLeast(version: string, floor: string): boolean {
  const [a, b] = [version, floor].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 3; i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** moby's release tags: api/common.go and api/types/versions, read from v20.10 to v29.7. */
const API_VERSIONS: readonly [engine: string, api: string, min: string][] = [
  ["29.7", "1.55", "1.40"],
  ["29.3", "1.54", "1.40"],
  ["29.2", "1.53", "1.44"],
  ["29.0", "1.52", "1.44"],
  ["28.5", "1.51", "1.24"],
  ["27.5", "1.47", "1.24"],
  ["26.0", "1.45", "1.24"],
  ["25.0", "1.44", "1.24"],
  ["24.0", "1.43", "1.12"],
  ["23.0", "1.42", "1.12"],
  ["20.10", "1.41", "1.12"],
];

function apiVersionsOf(flavour: EngineProfile["flavour"], engineVersion: string) {
  // Podman 5.4.2's compat API calls itself 1.41 (recorded).
  if (flavour === "podman") return { apiVersion: "1.41", minApiVersion: "1.24" };
  const row = API_VERSIONS.find(([engine]) => isAtLeast(engineVersion, engine));
  return { apiVersion: row?.[1] ?? "1.40", minApiVersion: row?.[2] ?? "1.12" };
}

function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
