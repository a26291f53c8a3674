import { writtenValue } from "../../src/settings/render.ts";
import { type SettingMeta, settingMeta } from "../../src/settings/setting.ts";
import {
  CONTAINERSPY_CONFIG_VARIABLE,
  CONTAINERSPY_PROTOCOLS,
  CONTAINERSPY_SETTINGS,
} from "../../src/settings/sources/containerspy.ts";
import { DOCKER_VARIABLES } from "../../src/settings/sources/docker.ts";
import { DEFAULT_FILES } from "../../src/settings/sources/file.ts";
import {
  OTEL_ENDPOINT_VARIABLES,
  OTEL_INSECURE_VARIABLES,
  OTEL_RESOURCE_VARIABLE,
  OTEL_VARIABLES,
} from "../../src/settings/sources/opentelemetry.ts";
import { REPLACED_TOOLS } from "../../src/settings/sources/replaced-tools.ts";
import { CONFIG_VARIABLE } from "../../src/settings/sources/variables.ts";
import { type Setting, settingsTable, VARIABLE_PREFIX } from "../../src/settings/table.ts";

const ALIASES: readonly { path: string; names: readonly string[] }[] = [
  ...CONTAINERSPY_SETTINGS.map(({ path, key, variable }) => ({ path, names: [key, variable] })),
  ...REPLACED_TOOLS.flatMap(({ variables }) => variables.map(({ path, name }) => ({ path, names: [name] }))),
  ...OTEL_VARIABLES.map(({ path, name }) => ({ path, names: [name] })),
  { path: "otlp.endpoint", names: OTEL_ENDPOINT_VARIABLES.metrics },
  { path: "logs.otlp.endpoint", names: OTEL_ENDPOINT_VARIABLES.logs },
  { path: "engine.address", names: ["DOCKER_HOST"] },
  ...["engine.tls.ca", "engine.tls.cert", "engine.tls.key"].map((path) => ({ path, names: ["DOCKER_CERT_PATH"] })),
  ...["resource.serviceName", "resource.instanceId", "resource.attributes"].map((path) => ({
    path,
    names: [OTEL_RESOURCE_VARIABLE],
  })),
];
const INSECURE_NAMES: Partial<Record<string, readonly string[]>> = {
  "otlp.endpoint": OTEL_INSECURE_VARIABLES.metrics,
  "logs.otlp.endpoint": OTEL_INSECURE_VARIABLES.logs,
};
const TYPE_NAMES: Record<Setting["kind"], string> = {
  text: "text",
  flag: "true, false",
  number: "number",
  duration: "duration",
  size: "size",
  choice: "choice",
  list: "list",
  record: "names and texts",
  objects: "objects",
};

/** docs/settings.md. */
export function settingsPage(): string {
  const table = settingsTable();
  const sections = [...new Set(table.map(({ path }) => path.split(".")[0] as string))];
  return `${head()}\n${sections.map((section) => sectionText(section, table)).join("\n")}`;
}

function head(): string {
  return `# Settings

Made from the source by \`npm run docs\`. [config.example.json5](../config.example.json5) is the same as a file;
\`config.schema.json\` lets editors complete and check one (\`"$schema": "./config.schema.json"\`).

## Where settings come from
Each source overrules those below it, setting by setting (a list or a record is replaced whole):

1. variables: \`${VARIABLE_PREFIX}\` and the setting's path in capitals: \`otlp.endpoint\` is \`TALLYMAN_OTLP_ENDPOINT\`
2. ContainerSpy's variables \`CSPY_…\`
3. the variables of the tools that Tallyman replaces ([replacing.md](replacing.md)): ${REPLACED_TOOLS.map(toolText).join("; ")}
4. the settings file
5. what a replaced tool had, once one of its variables is given: its names, port and interval
6. OpenTelemetry's \`OTEL_…\` (a variable for metrics or logs before the general one) and the Docker client's ${DOCKER_VARIABLES.map(code).join(", ")}
7. defaults

\`tallyman config\` shows what is in force and where each setting came from.

**The file** is JSON5 (JSON with comments, trailing commas, bare keys). The first of these that is there:
\`--config FILE\`, \`${CONFIG_VARIABLE}\`, \`${CONTAINERSPY_CONFIG_VARIABLE}\` (a file that one of these names must exist), ${DEFAULT_FILES.map(code).join(", ")}.

**Wrong settings** are refused, all at once and with exit code 2: an unknown key or variable (with the nearest known one), a
wrong type, a value out of range, two values that contradict each other. A value from sources 1 to 4 that contradicts a default
or one from source 6 stands, and the other gives way; that is said at the start. A wrong value in source 6, which other
programs read too, is said and left aside.

**Durations** are \`"500ms"\`, \`"15s"\`, \`"1m"\`, \`"1h"\`, \`"7d"\` or a number of milliseconds; **sizes** \`"64kB"\`, \`"3MiB"\` or a number of bytes.

**In variables**: lists are separated by commas, spaces around items are dropped, and an empty variable is an empty list;
names and texts are \`name=value,other=value\` with percent-encoded values; objects are JSON5 as in the file; true and false may also be \`1\`, \`yes\`, \`on\` and \`0\`,
\`no\`, \`off\`. An empty variable of another type counts as not set.

**Secrets** are never shown. Better than \`otlp.bearerToken\` and \`otlp.headers\` are \`otlp.bearerTokenFile\` and
\`otlp.headersFile\`: the environment of a container can be read by everyone who may inspect it.

**ContainerSpy's** file and variables work unchanged. Its protocols: ${protocols()}.
`;
}

function toolText({ title, variables }: (typeof REPLACED_TOOLS)[number]): string {
  return `${title} ${variables.map(({ name }) => code(name)).join(", ")}`;
}

function sectionText(section: string, table: readonly Setting[]): string {
  const rows = table
    .filter(({ path }) => path.startsWith(`${section}.`))
    .flatMap((setting) => [setting, ...fieldsOf(setting)].map(row));
  return `## ${section}
| setting | variable | type | default | meaning |
|---|---|---|---|---|
${rows.join("\n")}
`;
}

/** What each of several objects may have; of no variable of its own. */
function fieldsOf({ path, fields }: Setting): Omit<Setting, "variable">[] {
  return Object.entries(fields?.shape ?? {}).map(([name, schema]) => ({
    ...(settingMeta.get(schema as Setting["schema"]) as SettingMeta),
    path: `${path}.NAME.${name}`,
    schema: schema as Setting["schema"],
  }));
}

function row(setting: Omit<Setting, "variable"> & Partial<Setting>): string {
  const { path, variable, kind, description, expected, example, otherwise, secret } = setting;
  const type = kind === "choice" ? expected.replace("one of ", "").replaceAll('"', "`") : TYPE_NAMES[kind];
  const meaning = [
    description,
    kind === "duration" || kind === "size" ? `${range(expected)}.` : "",
    kind === "list" || kind === "record" || kind === "objects"
      ? `Example: ${code(writtenValue(setting, example))}.`
      : "",
    secret ? "Secret." : "",
    also(path),
  ];
  const cells = [
    code(path),
    variable === undefined ? "" : code(variable),
    type,
    otherwise ?? defaultText(setting),
    meaning.filter(Boolean).join(" "),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function defaultText(setting: SettingMeta): string {
  const value = setting.default;
  if (Array.isArray(value) && value.length > 0) return value.map((item) => code(item)).join(", ");
  return code(writtenValue(setting, value));
}

function range(expected: string): string {
  return expected.replace(/^a (duration|size) f/, "F").replace(/, such as .*/, "");
}

function also(path: string): string {
  const names = [...new Set(ALIASES.filter((alias) => alias.path === path).flatMap((alias) => alias.names))];
  const insecureNames = INSECURE_NAMES[path];
  const insecure = insecureNames === undefined ? "" : ` (for gRPC with ${insecureNames.map(code).join(", ")})`;
  return names.length === 0 ? "" : `Also read: ${names.map(code).join(", ")}${insecure}.`;
}

function protocols(): string {
  return Object.entries(CONTAINERSPY_PROTOCOLS)
    .map(([theirs, ours]) => (theirs === ours ? code(theirs) : `${code(theirs)} is ${code(ours)}`))
    .join(", ");
}

function code(text: string): string {
  return `\`${text}\``;
}
