import type { Door } from "../http/door.ts";
import type { Settings } from "../settings/schema.ts";
import type { Agent } from "./agent.ts";
import { type DoorParts, doorOf } from "./door.ts";

export interface DemoDoor {
  readonly lines: readonly string[];
  close(): Promise<void>;
}

const ANY_PORT = "127.0.0.1:0";

/** The door of the demo: where the settings have it, or at a port of its own where another agent is there already. */
export async function demoDoor(agent: Agent, settings: Settings, parts: DoorParts): Promise<DemoDoor> {
  const door = (await opened(agent, settings, parts)) ?? (await opened(agent, elsewhere(settings), parts));
  return {
    lines: door?.url === undefined ? [] : [`page      ${door.url} in a browser, ${door.url}metrics for Prometheus`],
    close: async () => door?.close(),
  };
}

async function opened(agent: Agent, settings: Settings, parts: DoorParts): Promise<Door | undefined> {
  const door = doorOf(agent, settings, parts);
  if (door === undefined || (await door.open())) return door;
  await door.close();
  return undefined;
}

function elsewhere({ http, ...others }: Settings): Settings {
  return { ...others, http: { ...http, listen: ANY_PORT, enabled: http.enabled && http.listen !== "off" } };
}
