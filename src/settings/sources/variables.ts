import { type Environment, type Findings, noFindings } from "../findings.ts";
import { type Setting, VARIABLE_PREFIX } from "../table.ts";
import { unknownName } from "../wording.ts";
import { IMAGE_LISTEN_VARIABLE } from "./image.ts";
import { valueFromText } from "./text-values.ts";

export const CONFIG_VARIABLE = "TALLYMAN_CONFIG";
/** Of the same beginning, and no setting's. */
const OTHERS = new Set([CONFIG_VARIABLE, IMAGE_LISTEN_VARIABLE]);

/**
 * What Kubernetes and `docker run --link` put into the environment of a container beside a service that is called
 * tallyman: not meant as settings. (Kubernetes 1.34 "Accessing the Service", Docker "Legacy container links".)
 */
const SERVICE_LINK =
  /^TALLYMAN(_\w+)?_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$|^TALLYMAN_(NAME$|ENV_)/;

/** The settings' own variables: TALLYMAN_OTLP_INTERVAL and so on. */
export function readVariables(env: Environment, table: readonly Setting[]): Findings {
  const findings = noFindings();
  const settings = new Map(table.map((setting) => [setting.variable, setting]));
  const links: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || OTHERS.has(name) || text === undefined) continue;
    const setting = settings.get(name);
    if (setting !== undefined) {
      // Compose hands on an unset variable as an empty one; only a list or a record can be meant to be empty.
      if (text.trim() === "" && setting.kind !== "list" && setting.kind !== "record") continue;
      findings.given.push({
        path: setting.path,
        value: valueFromText(setting.kind, text),
        origin: { rank: "variable", name },
        ...(setting.kind === "record" && {
          expected: 'pairs such as "name=value,other=value", values percent-encoded',
        }),
      });
    } else if (SERVICE_LINK.test(name)) {
      links.push(name);
    } else {
      const candidates = [...settings.keys(), CONFIG_VARIABLE];
      findings.problems.push(unknownName({ name, what: "variable", value: text, candidates }));
    }
  }
  if (links.length > 0) {
    findings.notes.push(
      `Not read as settings, since they look like the addresses of linked services: ${links.join(", ")}.`,
    );
  }
  return findings;
}
