import { type Environment, type Findings, noFindings } from "../findings.ts";
import { unknownName } from "../wording.ts";

/** The settings of ContainerSpy 0.1.3-beta (its src/config.rs), which work here unchanged. */
export interface ContainerSpySetting {
  readonly key: string;
  readonly variable: string;
  readonly path: string;
}

export const CONTAINERSPY_SETTINGS: readonly ContainerSpySetting[] = [
  { key: "docker_socket", variable: "CSPY_DOCKER_SOCKET", path: "engine.address" },
  { key: "otlp_protocol", variable: "CSPY_OTLP_PROTO", path: "otlp.protocol" },
  { key: "otlp_endpoint", variable: "CSPY_OTLP_ENDPOINT", path: "otlp.endpoint" },
  { key: "otlp_export_interval", variable: "CSPY_OTLP_INTERVAL", path: "otlp.interval" },
];
export const CONTAINERSPY_CONFIG_VARIABLE = "CSPY_CONFIG";
export const CONTAINERSPY_PROTOCOLS = { httpbinary: "http/protobuf", httpjson: "http/json", grpc: "grpc" } as const;

const PREFIX = "CSPY_";

export function readContainerSpyVariables(env: Environment): Findings {
  const findings = noFindings();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === CONTAINERSPY_CONFIG_VARIABLE || !text?.trim()) continue;
    const setting = CONTAINERSPY_SETTINGS.find(({ variable }) => variable === name);
    if (setting === undefined) {
      // ContainerSpy ignores what it does not know, and its environment must go on working.
      const candidates = CONTAINERSPY_SETTINGS.map(({ variable }) => variable);
      findings.notes.push(unknownName({ name, what: "variable", value: text, candidates }));
    } else {
      const value = /^\d+$/.test(text.trim()) ? Number(text) : text.trim();
      findings.given.push({ ...translated(setting, value), origin: { rank: "containerspy variable", name } });
    }
  }
  return findings;
}

/** The value of one of ContainerSpy's file keys or variables as the setting's own. */
export function translated({ path }: ContainerSpySetting, value: unknown) {
  if (path !== "otlp.protocol") return { path, value };
  const known = typeof value === "string" && Object.hasOwn(CONTAINERSPY_PROTOCOLS, value);
  return {
    path,
    value: known ? CONTAINERSPY_PROTOCOLS[value as keyof typeof CONTAINERSPY_PROTOCOLS] : value,
    expected: 'one of "httpbinary", "httpjson", "grpc"',
  };
}
