import type { Choices } from "./choice.ts";
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

function checkLogsEndpoint({ chosen, problems }: Choices) {
  const own = chosen.get("logs.otlp.endpoint");
  const general = chosen.get("otlp.endpoint");
  const protocol = (chosen.get("logs.otlp.protocol") ?? chosen.get("otlp.protocol"))?.value ?? "http/protobuf";
  const endpoint = own ?? general;
  if (endpoint === undefined) return;
  const name = `${own ? "logs.otlp.endpoint" : "otlp.endpoint"} (${endpoint.origin.name}): got ${shown(endpoint.value)}`;
  const text = String(endpoint.value);
  const isUrl = /^https?:\/\//.test(text);
  const address = isUrl ? text : `http://${text}`;
  if (!URL.canParse(address)) {
    if (own) problems.push(`${name}, which is no URL.`);
    return;
  }
  const { pathname, search } = new URL(address);
  if (protocol === "grpc") {
    if (pathname === "/" && search === "") return;
    const remedy = own ? "" : " Give logs.otlp.endpoint.";
    problems.push(`${name}, but gRPC, by which logs are sent, knows no paths.${remedy}`);
  } else if (!isUrl) {
    problems.push(`${name}, expected a URL with its scheme for ${protocol}. Give logs.otlp.endpoint.`);
  } else if (!own && pathname !== "/" && !pathname.endsWith("/v1/metrics")) {
    problems.push(`${name}, a path of which that for logs can't be told. Give logs.otlp.endpoint.`);
  }
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
