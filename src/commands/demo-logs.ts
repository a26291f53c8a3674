import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLevelCounts } from "../logs/levels/level-counts.ts";
import { createLevelReader } from "../logs/levels/level-reader.ts";
import type { LevelRules } from "../logs/levels/level-rules.ts";
import type { SweepSample } from "../sample/container-sample.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";
import { pumping } from "./pumping.ts";
import type { NamedOutlet } from "./watch-vitals.ts";

/** Whoever tries the demo on a machine full of containers should not find a full disk. */
const DEMO_FILES = { maxFileSize: 1024 * 1024, maxFiles: 2 };

export interface DemoLogs {
  readonly lines: readonly string[];
  /** As the page knows it. */
  readonly outlet: NamedOutlet;
  /** To be given to the agent. */
  readonly logsOf: ReturnType<typeof createLevelCounts>["of"];
  /** What was kept by now, in a line. */
  text(sweep: SweepSample | undefined): string;
  start(agent: Agent): void;
  stop(): Promise<void>;
}

/** The log pump of the demo: into the folder that is set, else into one that goes with the demo. */
export async function demoLogs(settings: Settings, rules: LevelRules): Promise<DemoLogs> {
  const own = settings.logs.enabled ? undefined : await mkdtemp(join(tmpdir(), "tallyman-logs-"));
  // Also where the reader of our output has enough: `tallyman demo | head`.
  if (own !== undefined) process.once("exit", () => rmSync(own, { recursive: true, force: true }));
  const logs = own === undefined ? settings.logs : { ...settings.logs, ...DEMO_FILES, enabled: true, dir: own };
  const counts = createLevelCounts({ levelsOf: createLevelReader(rules) });
  let agent: Agent | undefined;
  let pump: ReturnType<typeof pumping> | undefined;
  const files = {
    text: `kept in ${logs.dir}`,
    get standing() {
      return pump?.outlets[0]?.outlet.standing ?? { isFailing: false };
    },
  };
  const folder = `logs      of all containers are kept in ${logs.dir}`;
  return {
    lines: own === undefined ? [folder] : [`${folder} while this runs;`, `          LOGS_DIR=${own} tallyman logs ls`],
    outlet: { name: "logs", outlet: files },
    logsOf: counts.of,
    text(sweep) {
      const lines = agent?.telemetry.tally.value("tallyman_log_lines_total") ?? 0;
      const levels = { warning: 0, error: 0, critical: 0 };
      for (const { identity } of sweep?.containers ?? []) {
        for (const { level, lines } of counts.of(identity.containerId)?.levels ?? []) {
          if (level in levels) levels[level as keyof typeof levels] += lines;
        }
      }
      return `kept      ${lines} lines; ${levels.error + levels.critical} errors, ${levels.warning} warnings`;
    },
    start(startedAgent) {
      agent = startedAgent;
      pump = pumping(agent, { ...settings, logs }, counts);
      pump.start();
    },
    async stop() {
      await pump?.stop();
    },
  };
}
