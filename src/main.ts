import { readFileSync } from "node:fs";
import { METRIC_NAMES } from "./catalogue/rows.ts";
import { REVISION, VERSION } from "./kit/version.ts";
import { type ChosenCommand, parseCommandLine } from "./settings/command-line.ts";
import type { CommandName } from "./settings/help.ts";
import { type LoadedSettings, loadSettings } from "./settings/load.ts";
import { OWN_METRICS } from "./telemetry/own-metrics.ts";

/** A command gets the settings and resolves with the exit code. Loaded when chosen, so that `--help` costs nothing. */
type Command = (loaded: LoadedSettings, line: ChosenCommand) => Promise<number>;

const COMMANDS: Record<CommandName, () => Promise<Command>> = {
  run: async () => (await import("./commands/run.ts")).run,
  demo: async () => (await import("./commands/demo.ts")).demo,
  once: async () => (await import("./commands/once.ts")).once,
  check: async () => (await import("./commands/check.ts")).check,
  health: async () => (await import("./commands/health.ts")).health,
  logs: async () => (await import("./commands/logs.ts")).logs,
  exporter: async () => (await import("./commands/exporter.ts")).exporter,
  config: async () => (await import("./commands/config.ts")).config,
};

const EXIT_WITHIN_MS = 500;

// `tallyman once | head`: whoever read us has enough. A log that nobody reads any more must not end the agent.
process.stdout.on("error", () => process.exit());
process.stderr.on("error", () => {});

process.exitCode = await main(process.argv.slice(2));
// What is still open then (a retry of the SDK that waits for its turn) is of no use to anybody.
setTimeout(() => process.exit(), EXIT_WITHIN_MS).unref();

async function main(args: readonly string[]): Promise<number> {
  const line = parseCommandLine(args);
  switch (line.kind) {
    case "help":
      process.stdout.write(line.text);
      return 0;
    case "version":
      process.stdout.write(`tallyman ${VERSION} (${REVISION})\n`);
      return 0;
    case "refused":
      process.stderr.write(`${line.message}\n`);
      return line.exitCode;
    case "command": {
      const loaded = loadSettings({
        env: process.env,
        platform: process.platform,
        metricNames: [...METRIC_NAMES, ...Object.keys(OWN_METRICS)],
        readText: (path) => readFileSync(path, "utf8"),
        cwd: process.cwd(),
        ...(line.configFile !== undefined && { configFile: line.configFile }),
      });
      if (!loaded.ok) {
        for (const problem of loaded.problems) process.stderr.write(`tallyman: ${problem}\n`);
        return 2;
      }
      const command = await COMMANDS[line.command]();
      return command(loaded, line);
    }
  }
}
