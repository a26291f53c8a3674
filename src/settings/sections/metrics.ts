import * as z from "zod/mini";
import { GROUPS, type Group } from "../../catalogue/groups.ts";
import { DEFAULT_LABEL_DENY } from "../../catalogue/label-rules.ts";
import { duration, flag, integer, list } from "../kinds.ts";
import { setting } from "../setting.ts";

const metricNames = list({
  of: "a metric's name",
  example: "container_memory_swap",
  pattern: /^[a-zA-Z_:][a-zA-Z0-9_:]*$/,
});
const labelGlobs = list({ of: "a glob on a label's name", example: "com.example.*" });
const HOUR_MS = 3_600_000;

export const metricsSection = z.strictObject({
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
