import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Script = (request: IncomingMessage, response: ServerResponse) => void;

export interface ScriptedEngine {
  readonly address: string;
  /** "GET /v1.41/info" */
  readonly asked: string[];
  readonly openConnections: number;
  close(): Promise<void>;
}

/** A server on a unix socket that answers as a test wants it, for engines and proxies that the simulated one is not. */
export async function startScriptedEngine(script: Script): Promise<ScriptedEngine> {
  const folder = await mkdtemp(join(tmpdir(), "scripted-engine-"));
  const path = join(folder, "docker.sock");
  const asked: string[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    script(request, response);
  });
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    address: `unix://${path}`,
    asked,
    get openConnections() {
      return connections.size;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Answers the introductory requests as an engine with these headers, everything else by `rest`. */
export function introduced(headers: Record<string, string>, rest: Script = notFound): Script {
  return (request, response) => {
    if (request.url === "/_ping") response.writeHead(200, headers).end("OK");
    else if (request.url === "/version") response.end("{}");
    else if (/\/info$/.test(request.url ?? "")) response.end("{}");
    else rest(request, response);
  };
}

function notFound(_request: IncomingMessage, response: ServerResponse) {
  response.writeHead(404, { "Content-Type": "application/json" }).end('{"message":"page not found"}');
}
