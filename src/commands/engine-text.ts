import type { EngineFacts } from "../engine/engine.ts";

/** What a person wants to know of an engine, in a line. */
export function engineText(facts: EngineFacts): string {
  const parts = [
    `${facts.flavour === "podman" ? "Podman" : "Docker Engine"} ${facts.engineVersion}`,
    facts.apiVersion === undefined ? undefined : `API ${facts.apiVersion}`,
    facts.cgroupVersion === undefined ? undefined : `cgroup v${facts.cgroupVersion}`,
    facts.cgroupDriver === undefined ? undefined : `${facts.cgroupDriver} driver`,
    facts.operatingSystem ?? facts.osType,
    facts.hostName === undefined ? undefined : `host ${facts.hostName}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
