import { request } from "node:http";
import type { SimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the engine says is looked at field by field.
  readonly json: any;
}

/** Asks the engine by plain HTTP, without anything of the agent in between; rejects when the connection is lost. */
export function ask(engine: SimulatedEngine, path: string, { method = "GET", timeoutMs = 10_000 } = {}): Promise<Told> {
  const place = engine.socketPath ? { socketPath: engine.socketPath } : { host: "127.0.0.1", port: portOf(engine) };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asking = request({ ...place, path, method, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = String(response.headers["content-type"]).startsWith("application/json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          get json() {
            return isJson ? JSON.parse(text) : undefined;
          },
        });
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}

function portOf(engine: SimulatedEngine): number {
  return Number(new URL(engine.address).port);
}
