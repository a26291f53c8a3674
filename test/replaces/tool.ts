import { type SimulatedEngine, startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { assertOnlyRead } from "../agent/harness/stage.ts";
import { startTallyman, type Tallyman } from "../agent/harness/tallyman.ts";
import { parseExposition, type Sample } from "../support/exposition.ts";

/** For a machine that is busy with other tests. */
export const SLOWLY = { withinMs: 60_000 };

type Test = { after(work: () => unknown): void };

export async function startEngine(t: Test): Promise<SimulatedEngine> {
  const engine = await startSimulatedEngine();
  t.after(async () => {
    await engine.close();
    assertOnlyRead(engine);
  });
  return engine;
}

/** The agent with the variables of a tool and no others. Its port is "0" there: any that is free. */
export function startInPlace(variables: Readonly<Record<string, string>>, t: Test): Tallyman {
  const agent = startTallyman(variables);
  t.after(() => agent.end("SIGKILL", 1_000));
  return agent;
}

export interface Page {
  readonly status: number;
  readonly body: string;
  readonly type: string;
}

/** Asks the agent's port, which is told once it is open. */
export async function pages(agent: Tallyman) {
  const { url } = await agent.logged("Door opened");
  const { port } = new URL(String(url));
  return async (path: string, headers: Record<string, string> = {}): Promise<Page> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, body: await response.text(), type: response.headers.get("content-type") ?? "" };
  };
}

/** The samples of a page, by name; nothing of the agent's own. */
export function samplesOf({ status, body }: Page): ReadonlyMap<string, readonly Sample[]> {
  if (status !== 200) throw new Error(`${status}: ${body}`);
  const samples = new Map<string, Sample[]>();
  for (const sample of parseExposition(body)) {
    if (!sample.name.startsWith("tallyman_")) samples.set(sample.name, [...(samples.get(sample.name) ?? []), sample]);
  }
  return samples;
}
