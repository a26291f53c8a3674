import type { ServerResponse } from "node:http";

/** The open GET /containers/{id}/logs answers, and what may befall them. */
export interface LogStreams {
  add(response: ServerResponse): void;
  isHushed(response: ServerResponse): boolean;
  wrote(bytes: number): void;
  /** Ends every open stream in good order in the middle of what it has to say, as a daemon that shuts down does. */
  end(): void;
  /** Loses every open connection. */
  drop(): void;
  /** Half-open: nothing more comes on the open streams; their connections stay. */
  hush(): void;
  readonly count: number;
  /** Bytes of bodies that were written on all streams together. */
  readonly toldBytes: number;
}

export function createLogStreams(): LogStreams {
  const open = new Set<ServerResponse>();
  const hushed = new WeakSet<ServerResponse>();
  let toldBytes = 0;
  return {
    add(response) {
      open.add(response);
      response.on("close", () => open.delete(response));
    },
    isHushed: (response) => hushed.has(response),
    wrote(bytes) {
      toldBytes += bytes;
    },
    end() {
      for (const response of open) response.end();
    },
    drop() {
      for (const response of open) response.destroy();
    },
    hush() {
      for (const response of open) hushed.add(response);
    },
    get count() {
      return open.size;
    },
    get toldBytes() {
      return toldBytes;
    },
  };
}
