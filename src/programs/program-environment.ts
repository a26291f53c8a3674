import type { Program } from "./program.ts";

/** Where our settings stand, secrets among them: no program's business. */
const SETTINGS = /^(TALLYMAN|CSPY|OTEL)_/;

/** The agent's environment without its settings, then the program's own variables, and where it writes its metrics. */
export function programEnvironment(
  agents: Readonly<Record<string, string | undefined>>,
  { environment }: Program,
  metricsFile: string,
): Record<string, string | undefined> {
  const inherited = Object.entries(agents).filter(([name]) => !SETTINGS.test(name));
  return { ...Object.fromEntries(inherited), ...environment, METRICS_FILE: metricsFile };
}
