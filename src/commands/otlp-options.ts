import { hostname } from "node:os";
import { CONTAINERS_PER_GROUP } from "../catalogue/catalogue.ts";
import { VERSION } from "../kit/version.ts";
import type { OtlpOptions } from "../outlets/otlp/otlp-options.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";

export function otlpOptions({ otlp, resource }: Settings, { engine }: Pick<Agent, "engine">): OtlpOptions {
  return {
    protocol: otlp.protocol,
    endpoint: otlp.endpoint,
    headers: otlp.headers,
    headersFile: otlp.headersFile,
    bearerToken: otlp.bearerToken,
    bearerTokenFile: otlp.bearerTokenFile,
    compression: otlp.compression,
    tls: otlp.tls,
    proxyEnvironment: process.env,
    intervalMs: otlp.interval,
    timeoutMs: otlp.timeout,
    maxRequestBytes: otlp.maxRequestBytes,
    groupsPerRequest: Math.max(1, Math.floor(otlp.containersPerRequest / CONTAINERS_PER_GROUP)),
    endSeriesOnStop: otlp.endSeriesOnStop,
    resource: engineResource(resource, engine),
  };
}

/**
 * Who we say we are. The engine's host names the instance, so that the agents of many hosts never collide; what was
 * known once stays, since a resource that changes with the engine's moods would be another instance to a receiver.
 */
function engineResource(resource: Settings["resource"], engine: Agent["engine"]): () => Record<string, string> {
  let facts = engine.facts;
  return () => {
    facts = engine.facts ?? facts;
    const host = facts?.hostName;
    const attributes = {
      "service.name": resource.serviceName,
      "service.version": VERSION,
      "service.instance.id": resource.instanceId ?? host ?? hostname(),
      "host.name": host,
      "host.id": facts?.hostId,
      "os.type": facts?.osType,
      "host.arch": hostArch(facts?.architecture),
      ...resource.attributes,
    };
    return Object.fromEntries(Object.entries(attributes).filter((entry): entry is [string, string] => !!entry[1]));
  };
}

/** The engine tells what `uname -m` or Go says; semantic conventions 1.x (host.arch) have names of their own. */
function hostArch(architecture: string | undefined): string | undefined {
  const names: Record<string, string> = {
    x86_64: "amd64",
    aarch64: "arm64",
    armv7l: "arm32",
    i686: "x86",
    i386: "x86",
  };
  return architecture === undefined ? undefined : (names[architecture] ?? architecture);
}
