import type { ServerResponse } from "node:http";
import type { EventLog, LoggedEvent } from "./event-log.ts";
import { isAtLeast } from "./profile.ts";
import { nanosecondsOf } from "./times.ts";
import type { View } from "./view.ts";

/** The open GET /events answers, and what may befall them. */
export interface EventStreams {
  /** Answers with what `query` asks for: the past from `since`, then what happens, until `until` or the end of the world. */
  open(response: ServerResponse, query: URLSearchParams, view: View): void;
  /** Says something on every open stream that is no event. */
  say(text: string): void;
  /** Ends every open stream in good order, as a daemon that shuts down does. */
  end(): void;
  /** Loses every open connection. */
  drop(): void;
  /** Half-open: nothing more comes on the open streams, or on any from now on; their connections stay. Gives what ends it. */
  hush(which?: "open" | "all"): () => void;
  readonly count: number;
  /** Events that were written on all streams together. */
  readonly told: number;
}

export function createEventStreams(log: EventLog): EventStreams {
  const open = new Set<ServerResponse>();
  const hushed = new Set<ServerResponse>();
  let isHushed = false;
  let told = 0;
  return {
    open(response, query, view) {
      const isLines = isAtLeast(view.apiVersion, "1.52");
      response.writeHead(200, { "Content-Type": isLines ? "application/jsonl" : "application/json" });
      response.flushHeaders();
      const wanted = eventFilter(query.get("filters"));
      const write = (event: LoggedEvent) => {
        if (!wanted(event) || hushed.has(response)) return;
        told++;
        response.write(`${eventLine(event, view)}\n`);
      };
      const since = nanosecondsOf(query.get("since"));
      const until = nanosecondsOf(query.get("until"));
      if (since !== undefined) {
        for (const event of log.past) if (event.timeNano >= since && !(until && event.timeNano > until)) write(event);
      }
      const remainingMs = until === undefined ? undefined : Number(until / 1_000_000n) - view.nowMs;
      if (remainingMs !== undefined && remainingMs <= 0) return response.end();

      open.add(response);
      if (isHushed) hushed.add(response);
      const unsubscribe = log.subscribe(write);
      const timer = remainingMs === undefined ? undefined : setTimeout(() => response.end(), remainingMs);
      response.on("close", () => {
        clearTimeout(timer);
        unsubscribe();
        open.delete(response);
        hushed.delete(response);
      });
    },
    say(text) {
      for (const response of open) if (!hushed.has(response)) response.write(text);
    },
    end() {
      for (const response of open) response.end();
    },
    drop() {
      for (const response of open) response.destroy();
    },
    hush(which = "open") {
      isHushed = which === "all";
      for (const response of open) hushed.add(response);
      return () => {
        isHushed = false;
        hushed.clear();
      };
    },
    get count() {
      return open.size;
    },
    get told() {
      return told;
    },
  };
}

/** One line; before API 1.52 with the fields of before 1.22 as well. */
function eventLine(event: LoggedEvent, { apiVersion }: View): string {
  const isLegacy = event.type === "container" && !isAtLeast(apiVersion, "1.52");
  const text = JSON.stringify({
    ...(isLegacy ? { status: event.action, id: event.id, from: event.attributes.image } : {}),
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: event.attributes },
    scope: "local",
    time: Number(event.timeNano / 1_000_000_000n),
  });
  // Written by hand, since JSON.stringify has no way to write more digits than a double holds.
  return `${text.slice(0, -1)},"timeNano":${event.timeNano}}`;
}

/** `filters` in either of its forms: {"type":["container"]}, or {"type":{"container":true}} as the command line sends it. */
function eventFilter(text: string | null): (event: LoggedEvent) => boolean {
  const filters = Object.entries(JSON.parse(text || "{}") as Record<string, string[] | Record<string, boolean>>).map(
    ([key, values]) => [key, Array.isArray(values) ? values : Object.keys(values)] as const,
  );
  return (event) => filters.every(([key, values]) => values.some((value) => matches(event, key, value)));
}

function matches(event: LoggedEvent, key: string, value: string): boolean {
  switch (key) {
    case "type":
      return event.type === value;
    case "event":
      // "health_status" asks for all of them, "health_status: healthy" for one.
      return event.action === value || event.action.split(":")[0] === value;
    case "container":
      return event.type === "container" && (event.id.startsWith(value) || event.attributes.name === value);
    case "label": {
      const [name = "", wanted] = value.split("=", 2);
      return name in event.attributes && (wanted === undefined || event.attributes[name] === wanted);
    }
    default:
      return true;
  }
}
