import * as z from "zod/mini";
import { GROUPS, type Group } from "../../catalogue/groups.ts";
import { DEFAULT_LABEL_DENY } from "../../catalogue/label-rules.ts";
import { DEFAULT_PROFILES, PROFILE_NAMES } from "../../catalogue/profiles.ts";
import { choices, duration, filePath, flag, integer, list, text } from "../kinds.ts";
import { optional, setting } from "../setting.ts";

const metricNames = list({
  of: "a metric's name",
  example: "container_memory_swap",
  pattern: /^[a-zA-Z_:][a-zA-Z0-9_:.]*$/,
});
const labelGlobs = list({ of: "a glob on a label's name", example: "com.example.*" });
const HOUR_MS = 3_600_000;

export const metricsSection = z.strictObject({
  profiles: setting(choices(...PROFILE_NAMES), {
    description:
      "By which names and labels the containers' numbers go out: `cadvisor`'s, those of the tools that `collector` and `stats-exporter` stand for, OpenTelemetry's (`semconv`); docs/metrics.md lists them. Several at once are possible, but `cadvisor` and `stats-exporter`.",
    example: ["cadvisor", "collector"],
    default: [...DEFAULT_PROFILES],
  }),
  machine: optional(text({ expected: "a name" }), {
    description: "What the profile `collector` calls the host, in its label `machine`.",
    example: "web-1",
    otherwise: "the host's name, as the engine tells it",
  }),
  sweepInterval: optional(duration({ minMs: 1000, maxMs: 600_000 }), {
    description:
      "Read the engine this often, whether somebody asks for the numbers or not. A scrape is then answered by what was read last, unless `http.maxAge` says how old that may be.",
    example: "20s",
    otherwise: "only when a push or a scrape asks; every 20 s with `collectedAtFile`",
  }),
  collectedAtFile: optional(filePath({ expected: "the path of a file" }), {
    description:
      "A file that holds when the engine was last read, in seconds since the Unix epoch, for health checks that look at it. It is replaced, so its folder must be writable.",
    example: "/tmp/last-metrics-collected-at.txt",
    otherwise: "none",
  }),
  groups: z.strictObject(groupSwitches()),
  enable: setting(metricNames, {
    description: "Metrics that are on although their group is off.",
    example: ["container_processes"],
    default: [],
  }),
  disable: setting(metricNames, {
    description: "Metrics that are off although their group is on. Disabling wins over enabling.",
    example: ["container_memory_failures_total"],
    default: [],
  }),
  labels: z.strictObject({
    allow: setting(labelGlobs, {
      description:
        "Globs on the names of container labels that become metric labels (`container_label_…`), whatever their case. An empty list: none.",
      example: ["com.example.*", "org.opencontainers.image.version"],
      default: ["*"],
    }),
    deny: setting(labelGlobs, {
      description:
        "Globs on the names of container labels that do not. Denying wins over allowing. The default leaves out labels that hold secrets or paths, or change at each deployment; a list of your own replaces it.",
      example: ["*basicauth*", "com.docker.compose.config-hash"],
      default: [...DEFAULT_LABEL_DENY],
    }),
    maxValueLength: setting(integer({ min: 16, max: 65_536 }), {
      description: "Longer values of container labels are cut to this many characters.",
      example: 1024,
      default: 1024,
    }),
  }),
  env: setting(list({ of: "a variable's name", example: "APP_VERSION", pattern: /^[A-Za-z_][A-Za-z0-9_.-]*$/ }), {
    description:
      "Names of environment variables of the containers that become metric labels (`container_env_…`); no other variable is kept.",
    example: ["APP_VERSION"],
    default: [],
  }),
  processesInterval: setting(duration({ minMs: 1000, maxMs: 24 * HOUR_MS }), {
    description: "How often the group `processes` is read.",
    example: "1m",
    default: 60_000,
  }),
  sizeInterval: setting(duration({ minMs: 10_000, maxMs: 24 * HOUR_MS }), {
    description: "How often the group `size` is read.",
    example: "5m",
    default: 300_000,
  }),
});

function groupSwitches() {
  const switches = Object.entries(GROUPS).map(([name, { on, help }]) => [
    name,
    setting(flag(), { description: help, example: !on, default: on }),
  ]);
  return Object.fromEntries(switches) as Record<Group, z.ZodMiniDefault<z.ZodMiniBoolean>>;
}
