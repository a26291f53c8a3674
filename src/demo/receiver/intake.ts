import { decodeExportRequest } from "./decode.ts";
import { decodeJsonExportRequest } from "./decode-json.ts";
import { decodeJsonLogs, decodeLogs, isOfLogs, type ReceivedLog } from "./decode-logs.ts";
import { type Attributes, type ExportRequest, pointsOf } from "./export-request.ts";
import type { ReceiverFault } from "./receiver-faults.ts";

export type Encoding = "http/protobuf" | "http/json" | "grpc";

/** One request as a sender sent it. */
export interface Arrival {
  readonly encoding: Encoding;
  /** HTTP's path; gRPC's method. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came over the wire: compressed where it was. gRPC hides that, so there it is the size of the message. */
  readonly wireBytes: number;
  /** The message itself. */
  readonly body: Buffer;
}

export interface ReceivedRequest extends Arrival {
  /** Of metrics. */
  readonly decoded: ExportRequest;
  /** Of logs, each record. */
  readonly logs: readonly ReceivedLog[];
  readonly atMs: number;
}

export interface LatestPoint {
  readonly value: number | undefined;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
  readonly resource: Attributes;
}

/** What both protocols hand their requests to. */
export interface Intake {
  readonly requests: readonly ReceivedRequest[];
  readonly attempts: number;
  readonly accepted: number;
  readonly receivedBytes: number;
  readonly latest: ReadonlyMap<string, LatestPoint>;
  attempt(): ReceiverFault | undefined;
  /** Throws a DecodeError. */
  accept(arrival: Arrival): void;
  onAccepted(listener: () => void): () => void;
}

/** opentelemetry-proto v1.7, DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK. */
const NO_RECORDED_VALUE = 1;

export interface IntakeOptions {
  readonly faults: { take(): ReceiverFault | undefined };
  /** How many requests are kept. */
  readonly keptRequests: number;
  /** Which messages are read and kept; of others bytes are counted, for benches. */
  readonly decode: boolean | ((body: Buffer) => boolean);
}

export function createIntake({ faults, keptRequests, decode }: IntakeOptions): Intake {
  const requests: ReceivedRequest[] = [];
  const latest = new Map<string, LatestPoint>();
  const listeners = new Set<() => void>();
  const counts = { attempts: 0, accepted: 0, receivedBytes: 0 };
  return {
    requests,
    latest,
    get attempts() {
      return counts.attempts;
    },
    get accepted() {
      return counts.accepted;
    },
    get receivedBytes() {
      return counts.receivedBytes;
    },
    attempt() {
      counts.attempts++;
      return faults.take();
    },
    accept(arrival) {
      const isRead = typeof decode === "function" ? decode(arrival.body) : decode;
      const areLogs = isOfLogs(arrival.path);
      const decoded = isRead && !areLogs ? decodeArrival(arrival) : { resources: [] };
      const logs = isRead && areLogs ? logsOf(arrival) : [];
      counts.accepted++;
      counts.receivedBytes += arrival.wireBytes;
      if (isRead) requests.push({ ...arrival, decoded, logs, atMs: Date.now() });
      if (requests.length > keptRequests) requests.shift();
      for (const { key, point, resource } of pointsOf(decoded)) {
        if (point.flags & NO_RECORDED_VALUE) latest.delete(key);
        else latest.set(key, { ...withoutAttributes(point), resource });
      }
      for (const listener of [...listeners]) listener();
    },
    onAccepted(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function decodeArrival({ encoding, body }: Arrival): ExportRequest {
  return encoding === "http/json" ? decodeJsonExportRequest(body.toString("utf8")) : decodeExportRequest(body);
}

function logsOf({ encoding, body }: Arrival): ReceivedLog[] {
  return encoding === "http/json" ? decodeJsonLogs(body.toString("utf8")) : decodeLogs(body);
}

function withoutAttributes({
  value,
  startTimeUnixNano,
  timeUnixNano,
  flags,
}: LatestPoint | Omit<LatestPoint, "resource">) {
  return { value, startTimeUnixNano, timeUnixNano, flags };
}
