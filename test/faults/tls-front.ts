import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";

const FOLDER = join(import.meta.dirname, "../fixtures/tls/expiring");

export interface TlsFront {
  readonly port: number;
  /** What signed its certificates. */
  readonly caFile: string;
  /** From the next connection on; those that are open go on. */
  present(certificate: "valid" | "expired"): void;
  /** The open connections end with the next answer on them. */
  end(): void;
  close(): Promise<void>;
}

/** Speaks TLS in front of a plain receiver on 127.0.0.1, with a certificate that can change while it runs. */
export async function startTlsFront({ backendPort }: { backendPort: number }): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  const ending = new Set<TLSSocket>();
  const server = createServer({ ...identity("valid"), ALPNProtocols: ["h2", "http/1.1"] }, (socket) => {
    sockets.add(socket);
    const backend = connect(backendPort, "127.0.0.1");
    socket.pipe(backend);
    backend.on("data", (chunk) => (ending.has(socket) ? socket.end(chunk) : socket.write(chunk)));
    socket.on("error", () => backend.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      ending.delete(socket);
      backend.destroy();
    });
    backend.on("error", () => socket.destroy());
    backend.on("close", () => socket.end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    caFile: join(FOLDER, "ca.crt"),
    present: (certificate) => server.setSecureContext(identity(certificate)),
    end() {
      for (const socket of sockets) ending.add(socket);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function identity(certificate: "valid" | "expired") {
  const text = (name: string) => readFileSync(join(FOLDER, name), "utf8");
  return { key: text("server.key"), cert: text(`${certificate}.crt`) };
}
