import { request } from "node:http";
import type {
  ContainerInspect,
  ContainerSummary,
  InfoReply,
  StatsReply,
  TopReply,
} from "../../../src/engine/replies.ts";

/** The engine's own numbers, by the plainest of clients: nothing of the agent's is in the way, and no version is asked for. */
export interface EngineClient {
  ping(): Promise<boolean>;
  info(): Promise<InfoReply>;
  list(): Promise<ContainerSummary[]>;
  inspect(container: string, query?: { size: boolean }): Promise<ContainerInspect>;
  stats(container: string): Promise<StatsReply>;
  top(container: string): Promise<TopReply>;
}

export function engineClient(socketPath: string): EngineClient {
  async function get<T>(path: string): Promise<T> {
    const { status, body } = await read(socketPath, path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${body}`);
    return JSON.parse(body) as T;
  }
  return {
    ping: () =>
      read(socketPath, "/_ping").then(
        ({ status }) => status === 200,
        () => false,
      ),
    info: () => get("/info"),
    list: () => get("/containers/json?all=true"),
    inspect: (container, { size } = { size: false }) => get(`/containers/${container}/json?size=${size}`),
    stats: (container) => get(`/containers/${container}/stats?stream=false&one-shot=true`),
    top: (container) => get(`/containers/${container}/top`),
  };
}

function read(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: 20_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error(`GET ${path}: no answer within 20 s`)));
    asked.on("error", reject);
    asked.end();
  });
}
