import type { Choices } from "./choice.ts";
import { isAmbient } from "./findings.ts";
import { shown } from "./wording.ts";

export function crossCheckLogsOtlp(choices: Choices) {
  if (choices.chosen.get("logs.otlp.enabled")?.value !== true) return;
  turnOnFiles(choices);
  checkLogsEndpoint(choices);
  checkJoin(choices);
}

/** The files are what is sent from. */
function turnOnFiles({ chosen, problems }: Choices) {
  const otlp = chosen.get("logs.otlp.enabled");
  const logs = chosen.get("logs.enabled");
  if (otlp === undefined || logs?.value === true) return;
  if (logs === undefined) {
    const origin = { rank: otlp.origin.rank, name: `since ${otlp.origin.name} gives logs.otlp.enabled` };
    chosen.set("logs.enabled", { value: true, origin });
    return;
  }
  problems.push(
    `logs.otlp.enabled (${otlp.origin.name}): records are sent from the files, which logs.enabled (${logs.origin.name}) turns off. Turn both on, or both off.`,
  );
}

function checkLogsEndpoint({ chosen, problems, notes }: Choices) {
  const own = chosen.get("logs.otlp.endpoint");
  const fault = endpointFault(chosen);
  if (fault === undefined) return;
  if (own === undefined || !isAmbient(own.origin)) {
    problems.push(`${fault}.${own ? "" : " Give logs.otlp.endpoint."}`);
    return;
  }
  chosen.delete("logs.otlp.endpoint");
  notes.push(`${fault}; ignored.`);
  checkLogsEndpoint({ chosen, problems, notes });
}

function endpointFault(chosen: Choices["chosen"]): string | undefined {
  const own = chosen.get("logs.otlp.endpoint");
  const general = chosen.get("otlp.endpoint");
  const protocol = (chosen.get("logs.otlp.protocol") ?? chosen.get("otlp.protocol"))?.value ?? "http/protobuf";
  const endpoint = own ?? general;
  if (endpoint === undefined) return undefined;
  const name = `${own ? "logs.otlp.endpoint" : "otlp.endpoint"} (${endpoint.origin.name}): got ${shown(endpoint.value)}`;
  const text = String(endpoint.value);
  const isUrl = /^https?:\/\//.test(text);
  const address = isUrl ? text : `http://${text}`;
  // The metrics' own fault is told there.
  if (!URL.canParse(address)) return own ? `${name}, which is no URL` : undefined;
  const { pathname, search } = new URL(address);
  if (protocol === "grpc") {
    const isBare = pathname === "/" && search === "";
    return isBare ? undefined : `${name}, but gRPC, by which logs are sent, knows no paths`;
  }
  if (!isUrl) return `${name}, expected a URL with its scheme for ${protocol}`;
  const canTell = own !== undefined || pathname === "/" || pathname.endsWith("/v1/metrics");
  return canTell ? undefined : `${name}, a path of which that for logs can't be told`;
}

function checkJoin({ chosen, problems }: Choices) {
  const join = chosen.get("logs.otlp.join");
  const start = chosen.get("logs.otlp.joinStart");
  if (join?.value === "start" && start === undefined) {
    problems.push(`logs.otlp.join (${join.origin.name}): "start" needs logs.otlp.joinStart.`);
  }
  if (join?.value !== "start" && start !== undefined) {
    problems.push(`logs.otlp.joinStart (${start.origin.name}): only logs.otlp.join "start" asks it.`);
  }
}
