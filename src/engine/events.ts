import type { IncomingMessage } from "node:http";
import { engineRequestFailed, eventLineSkipped } from "../telemetry/events/engine.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { EngineError } from "./engine.ts";
import type { Link, Linkage } from "./link.ts";
import { createLineSplitter } from "./ndjson.ts";
import type { EventReply } from "./replies.ts";

export interface EventSource {
  readonly open: () => Promise<{ response: IncomingMessage; link: Link; what: string }>;
  readonly linkage: Linkage;
  readonly telemetry: Telemetry;
  readonly signal: AbortSignal;
  readonly maxLineBytes: number;
  readonly onOpen?: () => void;
}

/** Events until the stream ends. After any end the engine may be another one: the next request begins with a handshake. */
export async function* readEvents(source: EventSource): AsyncGenerator<EventReply, void> {
  const { open, linkage, telemetry, signal, maxLineBytes, onOpen } = source;
  if (signal.aborted) return;
  const { response, link, what } = await open().catch((error) => {
    if (signal.aborted) return ABORTED;
    throw error;
  });
  if (!response) return;
  const lines = createLineSplitter(maxLineBytes);
  let overlong = 0;
  onOpen?.();
  try {
    for await (const chunk of response) {
      for (const line of lines.push(chunk as Buffer)) {
        const event = eventOf(line);
        if (event) yield event;
        else if (line.trim() !== "") eventLineSkipped(telemetry, "not a JSON object");
      }
      for (; overlong < lines.overlong; overlong++) eventLineSkipped(telemetry, `longer than ${maxLineBytes} bytes`);
    }
    linkage.doubt(link);
  } catch (cause) {
    if (signal.aborted) return;
    // The link was dropped for another request's failure, which was told of there.
    if (link.signal.aborted) throw new EngineError(`${what} ended with the connection`, { kind: "unreachable", cause });
    const error = new EngineError(`${what} broke off: ${(cause as Error).message}`, { kind: "unreachable", cause });
    engineRequestFailed(telemetry, error);
    // A proxy that cuts idle streams does so too, before an engine that is well: the next handshake shows which it is.
    linkage.doubt(link);
    throw error;
  } finally {
    response.destroy();
  }
}

const ABORTED = { response: undefined, link: undefined, what: undefined };

function eventOf(line: string): EventReply | undefined {
  try {
    const value = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
