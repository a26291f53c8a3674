import { DIFFERENCES, FURTHER_DIFFERENCES, NOT_AVAILABLE } from "../../src/catalogue/against-cadvisor.ts";
import { DEFAULT_LABEL_OPTIONS } from "../../src/catalogue/catalogue.ts";
import { GROUPS, type Group } from "../../src/catalogue/groups.ts";
import { PROFILES, type Profile } from "../../src/catalogue/profiles.ts";
import type { ContainerRow, Platform, SweepRow } from "../../src/catalogue/row.ts";
import { CONTAINER_ROWS, PROFILE_ROWS, SWEEP_ROWS } from "../../src/catalogue/rows.ts";
import { metricFamily } from "../../src/families/metric-family.ts";
import { prometheusName } from "../../src/families/prometheus-name.ts";
import { OWN_METRICS } from "../../src/telemetry/own-metrics.ts";

/** docs/metrics.md, from the tables that the program itself reads. */
export function metricsPage(): string {
  const sections = [
    INTRODUCTION,
    groupTable(),
    ...groupSections(),
    ownMetrics(),
    profileTable(),
    ...OTHER_PROFILES.map(profileSection),
    labelRules(),
    notAvailable(),
    differences(),
  ];
  return `${sections.join("\n\n")}\n`;
}

const INTRODUCTION = `# Metrics

Written by \`npm run docs\` from the catalogue (\`src/catalogue\`); a test fails when it is out of date.

Unless \`metrics.profiles\` says otherwise, names, labels, units and meaning are cAdvisor's (0.60.5), so that dashboards and alerts made for it go on working. Where a
value can't be had there is no series: no zero, no guess. A test compares our series with cAdvisor's of the same moment, for
containers that stood still, on cgroup v1 (engine 20.10) and v2 (engine 28.5): each one is equal, or listed below with
its reason.

- **Type**: a counter is sent over OTLP as a monotonic cumulative sum that counts from the container's start; a gauge as a gauge.
- **Source**: the field of the Engine API. *stats* is \`GET /containers/{id}/stats\` (one-shot), *inspect*
  \`/containers/{id}/json\`, *list* \`/containers/json\`, *info* \`/info\`, *events* \`/events\`, *top* \`/containers/{id}/top\`.
- **Platforms**: v1 and v2 are Docker on Linux with cgroup v1 and v2; Podman is its Docker-compatible API; Windows is
  Docker with Windows containers.
- Each container's metric has the labels \`id\`, \`name\`, \`image\` and \`container_label_…\` besides those listed; each of the
  machine \`machine_id\`, \`boot_id\` and \`system_uuid\`, as far as they are known.
- Running and paused containers have all of them; stopped ones have the groups \`state\` and \`logs\` only, if stopped containers are read.`;

function groupTable(): string {
  const rows = Object.entries(GROUPS).map(([name, { on, help }]) => [code(name), on ? "on" : "off", help]);
  return `## Groups

A group is switched by \`metrics.groups\`; a single metric by \`metrics.enable\` and \`metrics.disable\`, which win over its group.

${table(["Group", "Default", "What it holds"], rows)}`;
}

function groupSections(): string[] {
  const rows: readonly (ContainerRow | SweepRow)[] = [...CONTAINER_ROWS, ...SWEEP_ROWS];
  return (Object.keys(GROUPS) as Group[]).flatMap((group) => {
    const members = rows.filter((row) => row.group === group);
    return members.length === 0 ? [] : [groupSection(group, members)];
  });
}

function groupSection(group: Group, members: readonly (ContainerRow | SweepRow)[]): string {
  const cells = members.map((row) => [
    `${code(row.name)}${row.ours ? " (ours)" : ""}`,
    row.kind,
    row.labels.map(code).join(", "),
    row.note === undefined ? row.help : `${row.help} ${row.note}`,
    row.source,
    platformText(row.platforms),
    GROUPS[group].on ? "on" : "off",
  ]);
  return `## ${group}\n\n${table(["Name", "Type", "Labels", "Meaning", "Source", "Platforms", "Default"], cells)}`;
}

const OTHER_PROFILES = (Object.keys(PROFILES) as Profile[]).filter((profile) => profile !== "cadvisor");

function profileTable(): string {
  const rows = Object.entries(PROFILES).map(([name, { help, labels }]) => [
    code(name),
    help,
    labels.map(code).join(", "),
  ]);
  return `## Naming profiles

\`metrics.profiles\` says by which names the same numbers go out, over every outlet: one or several of these. All above is \`cadvisor\`,
the default. Groups, \`metrics.enable\` and \`metrics.disable\` hold for all profiles, and the agent's own metrics go out with each.

${table(["Profile", "What it is", "Labels of a container"], rows)}

- Several at once give each number a series for each, with other labels, which is valid everywhere. Where two of them share a name,
  a sum without a filter counts twice: \`container_logs_total\` and \`container_logs_created\` are in every profile (filter by \`machine\`,
  or by \`id\`), and in Prometheus \`container_memory_usage_bytes\` and \`container_memory_working_set_bytes\` are of \`cadvisor\` and
  of \`semconv\`.
- \`cadvisor\` and \`stats-exporter\` together are refused at the start: all their names would count twice.
- A number that is worked out from two sweeps (CPUs in use) is absent at a container's first one, and never negative after a restart.`;
}

function profileSection(profile: Profile): string {
  const { containers, sweep } = PROFILE_ROWS[profile];
  const hasUnits = containers.some(({ unit }) => unit !== undefined);
  const cells = [...sweep, ...containers].map((row) => [
    code(row.name),
    row.kind === "upDownCounter" ? "up-down counter" : row.kind,
    ...(hasUnits ? [row.unit === undefined ? "" : code(row.unit), code(prometheusName(metricFamily(row)).name)] : []),
    row.labels.map(code).join(", "),
    row.note === undefined ? row.help : `${row.help} ${row.note}`,
    row.source,
    platformText(row.platforms),
    code(row.group),
  ]);
  const units = hasUnits ? ["Unit", "In Prometheus"] : [];
  const head = ["Name", "Type", ...units, "Labels", "Meaning", "Source", "Platforms", "Group"];
  return `## Profile ${profile}\n\n${table(head, cells)}`;
}

function ownMetrics(): string {
  const rows = Object.entries(OWN_METRICS).map(([name, { kind, help, labels }]) => [
    code(name),
    kind,
    labels.map(code).join(", "),
    help,
  ]);
  return `## Of the agent itself\n\n${table(["Name", "Type", "Labels", "Meaning"], rows)}`;
}

function labelRules(): string {
  const { deny, maxValueLength } = DEFAULT_LABEL_OPTIONS;
  return `## Labels of containers

- A container's label becomes \`container_label_<name>\`: whatever is not a letter of A to Z, a digit or \`_\` becomes \`_\`,
  as in cAdvisor. If two names become one, the one that comes first in code unit order keeps it.
- \`metrics.labels.allow\` and \`metrics.labels.deny\` are globs on the label's own name, whatever its case; a star matches
  dots and slashes too. Denying wins. An empty allow list allows none.
- A value longer than ${maxValueLength} characters (\`metrics.labels.maxValueLength\`) is cut; an empty one is left out.
- Environment variables become \`container_env_<name in lower case>\` only if \`metrics.env\` names them; no other is kept.
- A container that is renamed or has its labels changed begins new series; the old ones are ended.

Denied by default, because they leak (paths of the host, password hashes, keys) or change at every deployment:

${deny.map((glob) => `- ${code(glob)}`).join("\n")}`;
}

function notAvailable(): string {
  const rows = NOT_AVAILABLE.map(({ names, platforms, reason, only }) => [
    names.map(code).join(", "),
    platformText(platforms),
    only === undefined ? reason : `Containers ${only}: ${reason}`,
  ]);
  return `## What cAdvisor has and the Engine API does not tell\n\n${table(["Metrics", "Platforms", "Why not"], rows)}`;
}

function differences(): string {
  const rows = DIFFERENCES.map(({ names, platforms, cadvisor, ours }) => [
    names.map(code).join(", "),
    platformText(platforms),
    cadvisor,
    ours,
  ]);
  return `## Where we differ from cAdvisor

Where cAdvisor's value is right, ours is equal; where it is wrong, ours is the truth, or absent.

${table(["Metrics", "Platforms", "cAdvisor", "Ours"], rows)}

${FURTHER_DIFFERENCES.map((text) => `- ${text}`).join("\n")}`;
}

function platformText(platforms: readonly Platform[]): string {
  return platforms.map((platform) => platform.replace("cgroup ", "")).join(", ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n");
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function code(text: string): string {
  return `\`${text}\``;
}
