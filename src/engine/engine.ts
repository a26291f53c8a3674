import type { ContainerInspect, ContainerSummary, EventReply, StatsReply, TopReply } from "./replies.ts";

/** What the engine told of itself when it was last (re)connected. */
export interface EngineFacts {
  readonly flavour: "docker" | "podman";
  /** "28.5.2" */
  readonly engineVersion: string;
  /** What requests are prefixed with, "1.51"; absent where the engine did not tell one. */
  readonly apiVersion?: string;
  readonly osType: "linux" | "windows";
  readonly architecture?: string;
  readonly operatingSystem?: string;
  readonly kernelVersion?: string;
  readonly hostName?: string;
  readonly hostId?: string;
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
  readonly cgroupDriver?: string;
  readonly cgroupVersion?: "1" | "2";
  readonly rootless: boolean;
  /** One-shot stats answer at once (Engine >= 25, Podman) rather than at the next tick of a 1 s collector. */
  readonly instantStats: boolean;
  /** The address is a local socket or pipe. */
  readonly local: boolean;
}

export type EngineErrorKind =
  | "unreachable"
  | "forbidden"
  | "not-found"
  | "timeout"
  | "too-large"
  | "malformed"
  | "refused-by-engine"
  /** What was asked is not for this engine: its API is too old or too new, or it is no request of ours. */
  | "unsupported"
  /** The container's log driver gives nothing back: `none`, and others on engines without a copy of their own. */
  | "unreadable-logs";

/** A request that failed. `message` says what was asked of which address and what to do about it. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: EngineErrorKind;
  readonly statusCode: number | undefined;

  constructor(
    message: string,
    { kind, statusCode, cause }: { kind: EngineErrorKind; statusCode?: number; cause?: unknown },
  ) {
    super(message, { cause });
    this.kind = kind;
    this.statusCode = statusCode;
  }
}

export interface LogQuery {
  readonly id: string;
  /** Without it the reply ends with what the log holds. */
  readonly follow: boolean;
  /** So many entries from the end: lines, or pieces of such as were cut. All if not given. */
  readonly tail?: number | "all";
  /** Inclusive, as "seconds.nnnnnnnnn". */
  readonly since?: string;
  readonly until?: string;
  readonly signal: AbortSignal;
}

/**
 * To be read to its end or destroyed; as long as it is not read, the engine waits. Rejects when the connection breaks. What
 * it gives is in use until the next is asked for: few logs give at once, the others in their turn.
 */
export interface LogBody extends AsyncIterable<Buffer> {
  /** What it gave is no longer in use, though the next is not yet asked for. */
  release?(): void;
  /** Who reads it finds it broken off. */
  destroy(): void;
  readonly destroyed: boolean;
}

/** A container's log as it comes: both streams, each entry with its time. */
export interface LogReply {
  readonly body: LogBody;
  /** From API 1.42 on it tells frames from a terminal's raw bytes. */
  readonly contentType: string | undefined;
  /** Its end was sent by the engine, so that it can be told from a connection that was cut. */
  readonly isEndTold: boolean;
}

/** The engine, read only. Every method rejects with an `EngineError`, within its deadline. */
export interface Engine {
  /** Absent while there is no connection. The object changes at every reconnect. */
  readonly facts: EngineFacts | undefined;
  /** Pings and negotiates the version unless connected; what `facts` then holds. */
  connect(): Promise<EngineFacts>;
  /** With `limit` the engine gives that many at most, the newest. */
  listContainers(query: { all: boolean; size?: boolean; limit?: number }): Promise<ContainerSummary[]>;
  inspectContainer(id: string): Promise<ContainerInspect>;
  /** One-shot; the signal gives up early. */
  containerStats(id: string, signal?: AbortSignal): Promise<StatsReply>;
  containerTop(id: string): Promise<TopReply>;
  /** Ends when the engine ends it or the signal aborts; rejects when the connection breaks. */
  events(query: {
    filters?: Record<string, string[]>;
    signal: AbortSignal;
    onOpen?: () => void;
  }): AsyncIterable<EventReply>;
  /** The deadline is for the head; a driver that can't be read rejects with "unreadable-logs". */
  containerLogs(query: LogQuery): Promise<LogReply>;
  close(): void;
}

/** The engine with its comings and goings. */
export interface EngineConnection extends Engine {
  /** Where it is, as messages name it: "unix:///var/run/docker.sock". */
  readonly address: string;
  /** At the first connection, at each one after a loss, and when another engine answers at the address. */
  onConnected(listener: (facts: EngineFacts) => void): () => void;
  /** Once for each loss, a first connection that fails among them. */
  onLost(listener: (error: EngineError) => void): () => void;
}
