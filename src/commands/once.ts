import { prometheusText } from "../families/prometheus-text.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { buildAgent } from "./agent.ts";
import { agentLog } from "./agent-log.ts";

/** One sweep as Prometheus text on standard output, where nothing else goes. */
export async function once({ settings }: LoadedSettings): Promise<number> {
  const { engine, collectAll } = buildAgent(settings, agentLog(settings));
  try {
    await engine.connect();
    const { sweep, groups } = await collectAll();
    process.stdout.write(prometheusText(groups));
    return sweep.engineFailed ? 1 : 0;
  } catch (error) {
    process.stderr.write(`tallyman: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    engine.close();
  }
}
