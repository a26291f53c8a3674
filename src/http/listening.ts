import { unlink } from "node:fs/promises";
import { connect, type Server } from "node:net";
import type { ListenAddress } from "./listen-address.ts";

/** Resolves when the server listens. The socket that a killed agent left behind is taken away. */
export async function listen(server: Server, address: ListenAddress): Promise<void> {
  try {
    await attempt(server, address);
  } catch (error) {
    if (address.kind !== "unix" || codeOf(error) !== "EADDRINUSE" || !(await isLeftBehind(address.path))) throw error;
    await unlink(address.path);
    await attempt(server, address);
  }
}

/** What a person can do about it. */
export function listenRemedy(error: Error): string {
  switch (codeOf(error)) {
    case "EADDRINUSE":
      return "Another program listens there, perhaps another Tallyman: set http.listen to a free port, or to off.";
    case "EACCES":
    case "ENOENT":
      return "A port below 1024 needs rights that the agent does not have; the folder of a socket must exist, and the agent may write to it.";
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "No interface of this machine has that address: set http.listen to one that it has.";
    default:
      return "See http.listen and http.tls in docs/settings.md.";
  }
}

function attempt(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const where =
      address.kind === "unix"
        ? { path: address.path }
        : { port: address.port, ...(address.host !== undefined && { host: address.host }) };
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Nobody listens at it any more. */
function isLeftBehind(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(false));
    socket.once("error", (error) => resolve(codeOf(error) === "ECONNREFUSED"));
    socket.once("close", () => socket.destroy());
    socket.once("connect", () => socket.destroy());
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
