/** What we use of docker-modem 5.0.7, which ships no types. */
declare module "docker-modem" {
  import type { IncomingMessage } from "node:http";

  type DialCallback = (error: Error | null, response: IncomingMessage | null) => void;

  interface DialOptions {
    path: string;
    method: string;
    options?: import("./modem.ts").Query;
    isStream: true;
    statusCodes: Record<number, boolean>;
    /** Ours: docker-modem hands these options on to `buildRequest` as they are. */
    undertaking: import("./modem.ts").Undertaking;
  }

  /** What `dial` makes of its options before it sends them. */
  interface BuiltRequest {
    path: string;
    method: string;
    headers: Record<string, string>;
    socketPath?: string;
    ca?: Buffer;
    cert?: Buffer;
    key?: Buffer;
  }

  class Modem {
    constructor(options: {
      socketPath: string;
      protocol: "http" | "https";
      ca?: Buffer | undefined;
      cert?: Buffer | undefined;
      key?: Buffer | undefined;
    });
    readonly protocol: "http" | "https";
    dial(options: DialOptions, callback: DialCallback): void;
    buildQuerystring(query: import("./modem.ts").Query): string;
    buildRequest(options: BuiltRequest, context: DialOptions, data: undefined, callback: DialCallback): void;
  }

  // biome-ignore lint/style/noDefaultExport: a CommonJS module's exports are its default one.
  export { type BuiltRequest, type DialCallback, type DialOptions, Modem as default };
}
