import { VERSION } from "../kit/version.ts";
import { createLevelCounts } from "../logs/levels/level-counts.ts";
import { createLevelReader } from "../logs/levels/level-reader.ts";
import { givenSettings } from "../settings/describe.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { agentStarted, agentStopped, agentStopping, nothingLeaves, settingNoted } from "../telemetry/events/agent.ts";
import { doorIsAllThereIs } from "../telemetry/events/door.ts";
import { buildAgent } from "./agent.ts";
import { agentLog } from "./agent-log.ts";
import { collecting } from "./collected-at.ts";
import { doorOf } from "./door.ts";
import { readLevelRules, refuse } from "./level-rules.ts";
import { otlpOptions } from "./otlp-options.ts";
import { programsOf } from "./programs.ts";
import { pumping } from "./pumping.ts";
import { pushing } from "./pushing.ts";
import { pushingGateway } from "./pushing-gateway.ts";
import { joinProblems } from "./shipping-logs.ts";
import { firstSignal } from "./signals.ts";

/** Watches and pushes until a signal asks for the end; stops in reverse. */
export async function run(loaded: LoadedSettings): Promise<number> {
  const { settings, notes, file } = loaded;
  const levels = readLevelRules(loaded);
  const problems = "problems" in levels ? levels.problems : joinProblems(loaded);
  if ("problems" in levels || problems.length > 0) return refuse(problems);
  const log = agentLog(settings);
  const asked = firstSignal();
  agentStarted(log, { version: VERSION, settings: givenSettings(loaded), ...(file !== undefined && { file }) });
  for (const note of notes) settingNoted(log, note);
  const levelsOf = createLevelReader(levels.rules);
  const counts = createLevelCounts({ levelsOf });
  const logsOf = settings.logs.enabled ? { logsOf: counts.of } : {};
  const agent = buildAgent(settings, log, logsOf);
  const push = settings.otlp.enabled ? pushing(agent, otlpOptions(settings, agent)) : undefined;
  const gateway = pushingGateway(agent, settings);
  const pump = settings.logs.enabled ? pumping(agent, settings, counts, levelsOf) : undefined;
  const outlets = [
    ...(push === undefined ? [] : [{ name: "otlp", outlet: push }]),
    ...(gateway === undefined ? [] : [{ name: "pushgateway", outlet: gateway }]),
  ];
  const collect = collecting({ agent, settings, isPumping: () => pump?.isPumping === true });
  const programs = programsOf(settings, agent.telemetry);
  if (programs !== undefined) agent.join(programs.families);
  const parts = { outlets: [...outlets, ...(pump?.outlets ?? [])], ...logsOf };
  const door = doorOf(agent, settings, { ...parts, ...(programs && { routes: programs.routes }) });
  if (outlets.length === 0 && door === undefined) nothingLeaves(log);
  agent.inventory.start();
  push?.start();
  gateway?.start();
  pump?.start();
  programs?.start();
  collect.start();
  const isOfUse = (await door?.open()) !== false || outlets.length > 0 || pump !== undefined;

  if (isOfUse) agentStopping(log, await asked);
  else doorIsAllThereIs(agent.telemetry);
  collect.stop();
  await Promise.all([push?.stop(), gateway?.stop(), pump?.stop(), programs?.stop(), door?.close()]);
  agent.inventory.stop();
  agent.engine.close();
  agentStopped(log);
  return isOfUse ? 0 : 1;
}
