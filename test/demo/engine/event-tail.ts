import { type ClientRequest, request } from "node:http";
import type { SimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";

export interface EventTail {
  /** The lines so far, parsed; a line that is not JSON as its text. */
  // biome-ignore lint/suspicious/noExplicitAny: what the engine says is looked at field by field.
  readonly events: readonly any[];
  readonly contentType: string;
  /** How the stream ended; absent while it goes on. */
  readonly ended: "in good order" | "lost" | undefined;
  close(): void;
}

/** Follows GET /events; resolves once the engine has answered its headers. */
export function tailEvents(engine: SimulatedEngine, query = "", version = ""): Promise<EventTail> {
  return new Promise((resolve, reject) => {
    const path = `${version}/events${query}`;
    const asking: ClientRequest = request({ socketPath: engine.socketPath, path, agent: false }, (response) => {
      let rest = "";
      const events: unknown[] = [];
      const tail: { ended: EventTail["ended"] } = { ended: undefined };
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        events.push(...lines.map(parsed));
      });
      response.on("error", () => {});
      response.on("close", () => {
        tail.ended = response.complete ? "in good order" : "lost";
      });
      const contentType = String(response.headers["content-type"]);
      resolve({
        events,
        contentType,
        get ended() {
          return tail.ended;
        },
        close: () => asking.destroy(),
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
