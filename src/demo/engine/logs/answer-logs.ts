import type { ServerResponse } from "node:http";
import type { SimulatedContainer } from "../container.ts";
import type { Fault } from "../faults.ts";
import { isAtLeast } from "../profile.ts";
import { errorReply, send } from "../send.ts";
import type { View } from "../view.ts";
import type { ContainerLog, LogEntry } from "./container-log.ts";
import { frameOf, logContentType } from "./log-frame.ts";
import { type LogQuery, parseLogQuery } from "./log-query.ts";
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
    return send(response, errorReply(501, "configured logging driver does not support reading"), fault);
  }
  const tty = container.options.tty ?? false;
  const contentType = logContentType({ view, tty });
  response.writeHead(200, contentType === undefined ? {} : { "Content-Type": contentType });
  response.flushHeaders();
  streams.add(response);

  const form = { view, driver: log.driver, tty, timestamps: asked.timestamps };
  const cursor = createCursor(log, asked, view);
  const body = createBody(response, fault, streams);
  const unsubscribe = log.subscribe({
    added: () => more(),
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

const ENTRIES_A_WRITE = 256;

interface Cursor {
  /** The next so many that the query asks for; none: there are no more yet. */
  take(count: number): LogEntry[];
  /** Nothing further comes. */
  readonly isAtEnd: boolean;
  /** The run ended: what is there now is all. */
  close(): void;
}

function createCursor(log: ContainerLog, query: LogQuery, { profile }: View): Cursor {
  const { streams, tail, sinceNs, untilNs } = query;
  // From 24 on a prefix is skipped and all that follows passes; before, each line is compared (moby e278d3f185).
  const comparesEach = !isAtLeast(profile.engineVersion, "24.0");
  let next = tail === undefined ? log.first : Math.max(log.first, log.next - tail);
  let isPastSince = false;
  let isPastUntil = false;
  let end = query.follow && log.isOpen ? undefined : log.next;

  return {
    take(count) {
      const taken: LogEntry[] = [];
      // What the driver's own rotation took away meanwhile is lost to a reader, without a word.
      next = Math.max(next, log.first);
      while (taken.length < count && next < (end ?? log.next) && !isPastUntil) {
        const entry = log.entry(next++);
        if (sinceNs !== undefined && (comparesEach || !isPastSince) && entry.atNs < sinceNs) continue;
        isPastSince = true;
        if (untilNs !== undefined && entry.atNs > untilNs) isPastUntil = true;
        else if (streams.has(entry.stream)) taken.push(entry);
      }
      return taken;
    },
    get isAtEnd() {
      return isPastUntil || (end !== undefined && next >= end);
    },
    close() {
      end ??= log.next;
    },
  };
}

interface Body {
  /** The reader has enough for now, or a fault keeps the rest. */
  isBlocked(): boolean;
  write(frames: readonly Buffer[]): void;
  end(): void;
}

function createBody(response: ServerResponse, fault: Fault | undefined, streams: LogStreams): Body {
  const breaksOff = fault?.kind === "stall" || fault?.kind === "truncate";
  let left = breaksOff ? fault.afterBytes : Number.POSITIVE_INFINITY;
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
