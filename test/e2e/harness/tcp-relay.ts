import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpRelay {
  readonly port: number;
  /** Loses all of its connections; new ones are as welcome as ever. */
  cut(): void;
  end(): Promise<void>;
}

/** A port on 127.0.0.1 that leads to an engine's unix socket. */
export async function startTcpRelay(socketPath: string): Promise<TcpRelay> {
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect(socketPath);
    clients.add(client);
    client.pipe(engine).pipe(client);
    client.on("error", () => engine.destroy()).on("close", () => clients.delete(client) && engine.destroy());
    engine.on("error", () => client.destroy()).on("close", () => client.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  function cut() {
    for (const client of clients) client.destroy();
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    async end() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
