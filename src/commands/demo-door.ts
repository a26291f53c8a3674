import { once } from "node:events";
import { createServer } from "node:net";
import { type ListenAddress, listenAddress } from "../http/listen-address.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";
import { type DoorParts, doorOf } from "./door.ts";

export interface DemoDoor {
  readonly lines: readonly string[];
  close(): Promise<void>;
}

/** The door of the demo: where the settings have it, or at a port of its own where another agent is there already. */
export async function demoDoor(agent: Agent, settings: Settings, parts: DoorParts): Promise<DemoDoor> {
  const address = listenAddress(settings.http.listen);
  const isTaken = address?.kind === "tcp" && !(await isFree(address));
  const http = { ...settings.http, ...(isTaken && { listen: "127.0.0.1:0" }) };
  const door = doorOf(agent, { ...settings, http }, parts);
  await door?.open();
  return {
    lines: door?.url === undefined ? [] : [`page      ${door.url} in a browser, ${door.url}metrics for Prometheus`],
    close: async () => door?.close(),
  };
}

async function isFree({ host, port }: ListenAddress & { kind: "tcp" }): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
    if (server.listening) await once(server, "close");
  }
}
