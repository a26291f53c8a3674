import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { eventually } from "../../support/eventually.ts";

export interface GatewayRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Keeps what it is sent, and answers as it is told; "hang" answers never. */
export interface GatewayDouble {
  readonly address: string;
  readonly seen: GatewayRequestSeen[];
  status: number | "hang";
  /** What is under each path, as a Pushgateway would keep it. */
  readonly groups: Map<string, string>;
  /** The first request beyond the `index` first ones. */
  request(index: number): Promise<GatewayRequestSeen>;
  close(): Promise<void>;
}

export async function startGatewayDouble(
  t: TestContext,
  { port = 0, tls }: { port?: number; tls?: { key: string; cert: string } } = {},
): Promise<GatewayDouble> {
  const seen: GatewayRequestSeen[] = [];
  const groups = new Map<string, string>();
  async function answer(incoming: IncomingMessage, outgoing: ServerResponse) {
    let body = "";
    for await (const chunk of incoming.setEncoding("utf8")) body += chunk;
    const { method = "", url: path = "", headers } = incoming;
    seen.push({ method, path, headers, body });
    if (double.status === "hang") return;
    if (double.status < 300) {
      if (method === "DELETE") groups.delete(path);
      else groups.set(path, body);
    }
    outgoing.writeHead(double.status).end(double.status < 300 ? "" : `refused\nwith ${double.status}`);
  }
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) =>
    void answer(incoming, outgoing).catch(() => {});
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  async function close() {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  t.after(close);
  const double: GatewayDouble = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    status: 200,
    groups,
    request: (index) => eventually(() => seen[index], { withinMs: 30_000 }),
    close,
  };
  return double;
}
