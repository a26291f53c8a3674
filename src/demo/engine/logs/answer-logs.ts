import type { ServerResponse } from "node:http";
import type { SimulatedContainer } from "../container.ts";
import type { Fault } from "../faults.ts";
import { errorReply, jsonReply, type Reply, send } from "../send.ts";
import type { View } from "../view.ts";
import { createCursor } from "./log-cursor.ts";
import { frameOf, logContentType } from "./log-frame.ts";
import { parseLogQuery } from "./log-query.ts";
import type { LogStreams } from "./log-streams.ts";

export interface LogsRequest {
  readonly container: SimulatedContainer;
  readonly query: URLSearchParams;
  readonly view: View;
  readonly fault: Fault | undefined;
  readonly streams: LogStreams;
}

/** GET /containers/{id}/logs: what is there, and with `follow` what comes until the container's run ends. */
export function answerLogs(response: ServerResponse, { container, query, view, fault, streams }: LogsRequest) {
  const { log } = container;
  const asked = parseLogQuery(query);
  if ("status" in asked) return send(response, asked, fault);
  if (!log.isReadable) {
    return send(response, unreadable(container, view), fault);
  }
  const tty = container.options.tty ?? false;
  const contentType = logContentType({ view, tty });
  response.writeHead(200, contentType === undefined ? {} : { "Content-Type": contentType });
  response.flushHeaders();
  streams.add(response, { containerId: container.id, follow: asked.follow });

  const form = { view, driver: log.driver, tty, timestamps: asked.timestamps };
  const cursor = createCursor(log, asked, view);
  const body = createBody(response, fault, streams);
  const unsubscribe = log.subscribe({
    added: () => more(),
    get heldFrom() {
      return cursor.heldFrom;
    },
    closed() {
      cursor.close();
      more();
    },
  });
  response.on("close", unsubscribe);
  response.on("drain", () => more());
  function more() {
    while (!body.isBlocked()) {
      const entries = cursor.take(ENTRIES_A_WRITE);
      if (entries.length > 0) body.write(entries.map((entry) => frameOf(entry, form)));
      else if (cursor.isAtEnd) return body.end();
      else return;
    }
  }
  more();
}

function unreadable({ name }: SimulatedContainer, { profile }: View): Reply {
  if (profile.flavour === "docker") return errorReply(501, "configured logging driver does not support reading");
  const cause = "this container is not logging output";
  const message = `failed to obtain logs for Container '${name}': this container is using the 'none' log driver, cannot read logs: ${cause}`;
  return jsonReply({ cause, message, response: 500 }, 500);
}

const ENTRIES_A_WRITE = 256;

interface Body {
  /** The reader takes no more until it drains, or a fault keeps the rest. */
  isBlocked(): boolean;
  write(frames: readonly Buffer[]): void;
  end(): void;
}

function createBody(response: ServerResponse, fault: Fault | undefined, streams: LogStreams): Body {
  const breaksOff = fault?.kind === "stall" || fault?.kind === "truncate";
  let left = breaksOff ? fault.afterBytes : Number.POSITIVE_INFINITY;
  if (left <= 0 && fault?.kind === "truncate") response.destroy();
  return {
    isBlocked: () => left <= 0 || response.writableNeedDrain || response.writableEnded || streams.isHushed(response),
    write(frames) {
      const bytes = Buffer.concat(frames);
      const told = bytes.length > left ? bytes.subarray(0, left) : bytes;
      left -= told.length;
      streams.wrote(told.length);
      response.write(told, () => {
        if (left <= 0 && fault?.kind === "truncate") response.destroy();
      });
    },
    end() {
      response.end();
    },
  };
}
