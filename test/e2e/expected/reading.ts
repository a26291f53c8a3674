import type { EngineClient } from "../harness/engine-client.ts";
import { containerLabels } from "./container-labels.ts";
import { type Reading, RUNNING_SERIES, STATE_SERIES } from "./container-series.ts";
import { seriesKey } from "./series-key.ts";

/** Asks the engine for all that it knows of its containers, running or not. */
export async function readAll(client: EngineClient): Promise<Reading[]> {
  const containers = await client.list();
  return Promise.all(containers.map(({ Id, State }) => readOne(client, Id, State === "running" || State === "paused")));
}

async function readOne(client: EngineClient, id: string, running: boolean): Promise<Reading> {
  const [inspect, stats, top] = await Promise.all([
    client.inspect(id, { size: true }),
    client.stats(id),
    running ? client.top(id) : { Processes: [] },
  ]);
  return { inspect, stats, processCount: top.Processes?.length ?? 0, atMs: Date.now() };
}

export interface Expected {
  readonly metric: string;
  readonly container: string;
  readonly value: number;
}

/** All series that there must be, by `seriesKey`, with the labels that Prometheus takes from the resource. */
export function expectedSeries(readings: readonly Reading[], resource: Record<string, string>): Map<string, Expected> {
  const series = new Map<string, Expected>();
  for (const reading of readings) {
    const labels = { ...containerLabels(reading.inspect), ...resource };
    const expectations = reading.inspect.State?.Running ? { ...RUNNING_SERIES, ...STATE_SERIES } : STATE_SERIES;
    for (const [metric, expectation] of Object.entries(expectations)) {
      for (const point of expectation(reading)) {
        const key = seriesKey(metric, { ...labels, ...point.labels });
        series.set(key, { metric, container: labels.name ?? "", value: point.value });
      }
    }
  }
  return series;
}
