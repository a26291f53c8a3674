import assert from "node:assert/strict";
import { eventuallyPasses } from "../../support/eventually.ts";
import type { EngineClient } from "../harness/engine-client.ts";
import type { Prometheus } from "../harness/prometheus.ts";
import type { Comparison } from "./differences.ts";
import { expectedSeries, readAll } from "./reading.ts";
import { seriesKey } from "./series-key.ts";

export interface Bracket {
  readonly client: EngineClient;
  readonly prometheus: Prometheus;
  /** What Prometheus labels the agent's series with. */
  readonly resource: { readonly job: string; readonly instance: string };
  /** Of the containers that are meant, as a regular expression. */
  readonly name: string;
}

/** What the engine said before and after a moment, and what Prometheus had then. */
export async function bracketed({
  client,
  prometheus,
  resource,
  name,
}: Bracket): Promise<Omit<Comparison, "restless">> {
  const isMeant = ({ inspect }: { inspect: { Name?: string } }) => new RegExp(`^/${name}$`).test(inspect.Name ?? "");
  const read = async () => expectedSeries((await readAll(client)).filter(isMeant), { ...resource });
  const selected = `name=~"${name}", instance="${resource.instance}"`;
  const before = await read();
  const readAtSeconds = Date.now() / 1000;
  await eventuallyPasses(
    async () => {
      const clocks = ["container_memory_usage_bytes", "container_state"];
      const ages = clocks.map((clock) => prometheus.query(`min(timestamp(${clock}{${selected}}))`));
      const oldest = Math.min(...(await Promise.all(ages)).map(([series]) => series?.value ?? 0));
      assert.ok(oldest > readAtSeconds, "Prometheus has nothing newer than the engine's numbers");
    },
    { withinMs: 15_000 },
  );
  const series = await prometheus.query(`{${selected}}`);
  const seen = new Map(series.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
  return { before, seen, after: await read() };
}
