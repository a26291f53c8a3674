/** One address of the door, and what it answers. A route that throws is answered with 500, and said in the log. */
export interface Route {
  /** The exact path, or, with "/" at its end, all paths beneath it too. "/" alone is exact. */
  readonly path: string;
  answer(request: DoorRequest): Promise<DoorAnswer>;
}

export interface DoorRequest {
  readonly method: "GET" | "HEAD";
  /** Decoded, and free of "..", empty parts and NUL: such requests never come this far. */
  readonly path: string;
  /** As it came, without the "?"; empty when there was none. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Aborted when the client is gone, or when the agent stops. */
  readonly signal: AbortSignal;
}

export interface DoorAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Text and bytes may be sent compressed; what is iterated is sent piece by piece as it comes, and never compressed;
   * a stream that gives nothing for a minute is ended.
   */
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
}
