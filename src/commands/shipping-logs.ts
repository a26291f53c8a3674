import { glob } from "../inventory/globs.ts";
import type { LineLevel } from "../logs/levels/level-reader.ts";
import type { LevelContainer } from "../logs/levels/level-rules.ts";
import { anyOf, lineText, refusedPattern } from "../logs/levels/patterns.ts";
import { isIndented, type JoinRules } from "../logs/shipping/join-lines.ts";
import { createLogShipper, type LogShipper } from "../logs/shipping/log-shipper.ts";
import { createLogOutlet, type LogOutletOptions } from "../outlets/otlp-logs/log-outlet.ts";
import type { LoadedSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { logShippingStarted } from "../telemetry/events/shipped-logs.ts";
import type { Standing } from "../telemetry/standing.ts";
import type { Agent } from "./agent.ts";
import { otlpOptions } from "./otlp-options.ts";

export interface ShippingLogs extends LogShipper {
  /** What it does, for people. */
  readonly text: string;
  readonly standing: Standing;
}

/** Sends the pumped files over OTLP. To be started once the folder is ours, and stopped before it is given free. */
export function shippingLogs(
  agent: Agent,
  settings: Settings,
  { dir, levelsOf }: { dir: string; levelsOf: (container: LevelContainer) => LineLevel },
): ShippingLogs {
  const { telemetry, engine } = agent;
  const { otlp, fileMode } = settings.logs;
  const outlet = createLogOutlet(logOutletOptions(settings, agent), telemetry);
  const choosesLabel = otlp.labels.length === 0 ? () => false : glob(otlp.labels);
  const join = joinRules(settings);
  const shipper = createLogShipper(
    {
      dir,
      fileMode: Number.parseInt(fileMode, 8),
      minLevel: otlp.minLevel,
      gatherMs: otlp.gatherTime,
      maxRecords: otlp.batchRecords,
      maxBytes: otlp.batchSize,
      choosesLabel,
      runtime: () => engine.facts?.flavour,
      ...(join && { join }),
    },
    { send: outlet.send, levelsOf, telemetry },
  );
  return {
    ...shipper,
    text: `${otlp.minLevel} and worse, over ${settings.otlp.protocol} to ${outlet.endpoint}`,
    get standing() {
      return outlet.standing;
    },
    start() {
      logShippingStarted(telemetry, { endpoint: outlet.endpoint, minLevel: otlp.minLevel });
      shipper.start();
    },
    async stop() {
      await shipper.stop();
      await outlet.close();
    },
  };
}

/** What is wrong with the expression of `logs.otlp.joinStart`, as the other settings' faults are told. */
export function joinProblems({ settings, origins }: LoadedSettings): readonly string[] {
  const { joinStart } = settings.logs.otlp;
  const fault = joinStart === undefined ? undefined : refusedPattern({ re: joinStart, ignoreCase: false });
  return fault === undefined ? [] : [`logs.otlp.joinStart (${origins.get("logs.otlp.joinStart")}): ${fault}.`];
}

function joinRules({ logs: { otlp } }: Settings): JoinRules | undefined {
  const { join, joinStart, joinMaxLines: maxLines, joinMaxTime: maxMs } = otlp;
  if (join === "none") return undefined;
  if (join === "indented" || joinStart === undefined) return { continues: isIndented, maxLines, maxMs };
  const begins = anyOf([{ re: joinStart, ignoreCase: false }]);
  return { continues: (line) => !begins(lineText(line)), maxLines, maxMs };
}

/** The connection of the metrics, but for what is set apart. Own headers take the place of all credentials. */
export function logOutletOptions(settings: Settings, agent: Pick<Agent, "engine">): LogOutletOptions {
  const general = otlpOptions(settings, agent);
  const { endpoint, headers, headersFile, tls } = settings.logs.otlp;
  const {
    protocol = general.protocol,
    timeout = general.timeoutMs,
    compression = general.compression,
  } = settings.logs.otlp;
  const isApart = headers !== undefined || headersFile !== undefined;
  const own = { headers: headers ?? {}, headersFile, bearerToken: undefined, bearerTokenFile: undefined };
  return {
    ...general,
    ...(isApart && own),
    protocol,
    timeoutMs: timeout,
    compression,
    tls: { ca: tls.ca ?? general.tls.ca, cert: tls.cert ?? general.tls.cert, key: tls.key ?? general.tls.key },
    endpoint: endpoint ?? endpointOfLogs(general.endpoint),
    resource: () => hostOnly(general.resource()),
  };
}

function endpointOfLogs(endpoint: string | undefined): string | undefined {
  return endpoint?.replace(/\/v1\/metrics(?=$|[?#])/, "/v1/logs");
}

/** The records are the containers' own: of what the agent says of itself only where it runs is theirs too. */
function hostOnly(resource: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !name.startsWith("service.")));
}
