import { request } from "node:http";
import type { SimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";

export interface ToldBytes {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** How it ended. */
  readonly ended: "in good order" | "lost";
}

/** Reads an answer to its end, which may be that its connection is lost. */
export function askBytes({ socketPath }: SimulatedEngine, path: string): Promise<ToldBytes> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => {});
      response.on("close", () => {
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers["content-type"],
          body: Buffer.concat(chunks),
          ended: response.complete ? "in good order" : "lost",
        });
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}
