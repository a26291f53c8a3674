import { once } from "node:events";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** Stands before an engine's socket and notes what is asked of it. */
export interface RecordingProxy {
  readonly address: string;
  /** "GET /v1.41/info" */
  readonly requests: readonly string[];
  /** Stands before another engine from now on. Whoever is connected loses the connection, as at an engine's restart. */
  turnTo(socketPath: string): void;
  end(): Promise<void>;
}

export async function startRecordingProxy(first: string): Promise<RecordingProxy> {
  let socketPath = first;
  const folder = temporaryFolder();
  const ownSocket = join(folder.path, "proxy.sock");
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = "", url: path = "", headers } = incoming;
    requests.push(`${method} ${path}`);
    const onward = request({ socketPath, method, path, headers, agent: false }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      outgoing.flushHeaders();
      reply.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }).listen(ownSocket);
  await once(server, "listening");
  return {
    address: `unix://${ownSocket}`,
    requests,
    turnTo(other) {
      socketPath = other;
      server.closeAllConnections();
    },
    async end() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      folder.remove();
    },
  };
}
