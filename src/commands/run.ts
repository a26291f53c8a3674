import { VERSION } from "../kit/version.ts";
import { givenSettings } from "../settings/describe.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { agentStarted, agentStopped, agentStopping, nothingPushed, settingNoted } from "../telemetry/events/agent.ts";
import { buildAgent } from "./agent.ts";
import { agentLog } from "./agent-log.ts";
import { otlpOptions } from "./otlp-options.ts";
import { pushing } from "./pushing.ts";
import { firstSignal } from "./signals.ts";

/** Watches and pushes until a signal asks for the end; stops in reverse. */
export async function run(loaded: LoadedSettings): Promise<number> {
  const { settings, notes, file } = loaded;
  const log = agentLog(settings);
  const asked = firstSignal();
  agentStarted(log, { version: VERSION, settings: givenSettings(loaded), ...(file !== undefined && { file }) });
  for (const note of notes) settingNoted(log, note);
  const agent = buildAgent(settings, log);
  const push = settings.otlp.enabled ? pushing(agent, otlpOptions(settings, agent)) : undefined;
  if (push === undefined) nothingPushed(log);
  agent.inventory.start();
  push?.start();

  agentStopping(log, await asked);
  await push?.stop();
  agent.inventory.stop();
  agent.engine.close();
  agentStopped(log);
  return 0;
}
