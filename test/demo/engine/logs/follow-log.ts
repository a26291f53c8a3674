import { type ClientRequest, type IncomingMessage, request } from "node:http";
import type { SimulatedEngine } from "../../../../src/demo/engine/simulated-engine.ts";

export interface FollowedLog {
  /** The text of the frames so far, without the times. */
  readonly text: string;
  readonly receivedBytes: number;
  readonly ended: "in good order" | "lost" | undefined;
  /** Reads no further, as a slow disk would make it. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Follows both streams of a container from the beginning, or as `query` says; else reads what is there. */
export function followLog(
  engine: SimulatedEngine,
  name: string,
  query = "",
  { follow } = { follow: true },
): Promise<FollowedLog> {
  const path = `/containers/${name}/logs?stdout=1&stderr=1&follow=${follow ? 1 : 0}${query}`;
  return new Promise((resolve, reject) => {
    const asking: ClientRequest = request({ socketPath: engine.socketPath, path, agent: false }, (response) => {
      resolve(followed(response, asking));
    });
    asking.on("error", reject);
    asking.end();
  });
}

function followed(response: IncomingMessage, asking: ClientRequest): FollowedLog {
  const chunks: Buffer[] = [];
  const state: { ended: FollowedLog["ended"] } = { ended: undefined };
  let receivedBytes = 0;
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    receivedBytes += chunk.length;
  });
  response.on("error", () => {});
  response.on("close", () => {
    state.ended = response.complete ? "in good order" : "lost";
  });
  return {
    get text() {
      return textOfFrames(Buffer.concat(chunks));
    },
    get receivedBytes() {
      return receivedBytes;
    },
    get ended() {
      return state.ended;
    },
    pause: () => response.pause(),
    resume: () => response.resume(),
    close: () => asking.destroy(),
  };
}

export function textOfFrames(body: Buffer): string {
  let text = "";
  for (let at = 0; at + 8 <= body.length; at += 8 + body.readUInt32BE(at + 4)) {
    text += body.toString("utf8", at + 8, at + 8 + body.readUInt32BE(at + 4));
  }
  return text;
}
