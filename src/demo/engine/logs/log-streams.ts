import type { ServerResponse } from "node:http";

/** The open GET /containers/{id}/logs answers, and what may befall them. */
export interface LogStreams {
  add(response: ServerResponse, reader: LogReader): void;
  isHushed(response: ServerResponse): boolean;
  wrote(bytes: number): void;
  /** Ends every open stream in good order in the middle of what it has to say, as a daemon that shuts down does. */
  end(): void;
  /** Loses every open connection. */
  drop(): void;
  /** Half-open: nothing more comes on the open streams; their connections stay. */
  hush(): void;
  isFollowed(containerId: string): boolean;
  readonly count: number;
  /** Bytes of bodies that were written on all streams together. */
  readonly toldBytes: number;
}

export interface LogReader {
  readonly containerId: string;
  readonly follow: boolean;
}

export function createLogStreams(): LogStreams {
  const open = new Map<ServerResponse, LogReader>();
  const hushed = new WeakSet<ServerResponse>();
  let toldBytes = 0;
  return {
    add(response, reader) {
      open.set(response, reader);
      response.on("close", () => open.delete(response));
    },
    isHushed: (response) => hushed.has(response),
    wrote(bytes) {
      toldBytes += bytes;
    },
    end() {
      for (const response of open.keys()) response.end();
    },
    drop() {
      for (const response of open.keys()) response.destroy();
    },
    hush() {
      for (const response of open.keys()) hushed.add(response);
    },
    isFollowed(containerId) {
      return [...open.values()].some((reader) => reader.follow && reader.containerId === containerId);
    },
    get count() {
      return open.size;
    },
    get toldBytes() {
      return toldBytes;
    },
  };
}
