import { checkEndpoint } from "../outlets/otlp/check-endpoint.ts";
import { checkGateway } from "../outlets/pushgateway/check-gateway.ts";
import { describeSettings } from "../settings/describe.ts";
import { DEFAULT_ORIGIN, type LoadedSettings } from "../settings/load.ts";
import { SILENT_LOG } from "../telemetry/log.ts";
import { type Agent, buildAgent } from "./agent.ts";
import { checkDoor } from "./check-door.ts";
import { checkLogs } from "./check-logs.ts";
import { checkPrograms } from "./check-programs.ts";
import { engineText } from "./engine-text.ts";
import type { Finding } from "./finding.ts";
import { otlpOptions } from "./otlp-options.ts";
import { hasPrograms } from "./programs.ts";
import { gatewayOptions } from "./pushing-gateway.ts";

/** Tries the engine, the receiver, the log folder and the settings; 1 if anything is wrong. */
export async function check(loaded: LoadedSettings): Promise<number> {
  const agent = buildAgent(loaded.settings, SILENT_LOG);
  try {
    print("Settings", []);
    for (const line of settingsLines(loaded)) process.stdout.write(`  ${line}\n`);
    for (const note of loaded.notes) process.stdout.write(`  note: ${note}\n`);
    const engine = await checkEngine(agent);
    print("Engine", engine);
    const receiver = await checkReceiver(loaded, agent);
    print("Receiver", receiver);
    const logs = await checkLogs(loaded, agent);
    print("Logs", logs);
    const door = await checkDoor(loaded.settings);
    print("Door", door);
    const gateway = await checkPushgateway(loaded, agent);
    if (gateway.length > 0) print("Pushgateway", gateway);
    const programs = hasPrograms(loaded.settings) ? await checkPrograms(loaded) : [];
    if (programs.length > 0) print("Programs", programs);
    const wrong = [...programs, ...gateway, ...engine, ...receiver, ...logs, ...door].filter(({ ok }) => !ok).length;
    process.stdout.write(wrong === 0 ? "\nAll is well.\n" : `\n${wrong === 1 ? "1 problem" : `${wrong} problems`}.\n`);
    return wrong === 0 ? 0 : 1;
  } finally {
    agent.engine.close();
  }
}

function settingsLines(loaded: LoadedSettings): string[] {
  const isGiven = [...loaded.origins.values()].some((origin) => origin !== DEFAULT_ORIGIN);
  return isGiven ? describeSettings(loaded, { which: "given" }) : ["all defaults; `tallyman config` prints them"];
}

async function checkEngine({ engine, collect }: Agent): Promise<Finding[]> {
  try {
    const facts = await engine.connect();
    const findings = [{ ok: true, message: `${engine.address}: ${engineText(facts)}` }];
    const startedAt = performance.now();
    const { sweep } = await collect({ maxAgeMs: 0 });
    const wallMs = Math.round(performance.now() - startedAt);
    if (sweep.engineFailed) {
      return [...findings, { ok: false, message: "the containers can't be listed", ...listRemedy() }];
    }
    const running = sweep.containers.filter((sample) => sample.state.running).length;
    return [...findings, { ok: true, message: `${running} running containers read in ${wallMs} ms` }];
  } catch (error) {
    return [{ ok: false, message: error instanceof Error ? error.message : String(error) }];
  }
}

function listRemedy() {
  return { remedy: "Behind a socket proxy, allow CONTAINERS=1 (and INFO=1 for what the machine is)." };
}

async function checkReceiver({ settings }: LoadedSettings, agent: Agent): Promise<Finding[]> {
  if (!settings.otlp.enabled) return [{ ok: true, message: "otlp.enabled is false: nothing is pushed" }];
  return [await checkEndpoint(otlpOptions(settings, agent), agent.telemetry)];
}

async function checkPushgateway({ settings }: LoadedSettings, agent: Agent): Promise<Finding[]> {
  const options = gatewayOptions(settings, agent);
  return options === undefined ? [] : [await checkGateway(options)];
}

function print(title: string, findings: readonly Finding[]) {
  process.stdout.write(`\n${title}\n`);
  for (const { ok, message, remedy } of findings) {
    process.stdout.write(`  ${ok ? "ok  " : "FAIL"} ${message}\n`);
    if (remedy !== undefined) process.stdout.write(`       ${remedy}\n`);
  }
}
