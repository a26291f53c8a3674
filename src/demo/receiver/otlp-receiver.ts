import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type TlsTexts, tlsServerOptions } from "../tls-texts.ts";
import { type GrpcSide, listenGrpc } from "./grpc-side.ts";
import { createHttpSide } from "./http-side.ts";
import { createIntake, type LatestPoint, type ReceivedRequest } from "./intake.ts";
import { createReceiverFaults, type ReceiverFaults } from "./receiver-faults.ts";

export interface OtlpReceiverOptions {
  readonly protocols?: readonly ("http" | "grpc")[];
  readonly tls?: TlsTexts;
  /** How many requests are kept, the newest. */
  readonly keptRequests?: number;
  /** Which messages are read and kept (all, if not given); of others only their sizes, for benches. */
  readonly decode?: boolean | ((body: Buffer) => boolean);
}

export interface OtlpReceiver {
  /** "http://127.0.0.1:4318", without a path. */
  readonly httpEndpoint: string;
  /** "http://127.0.0.1:4317"; empty without gRPC. */
  readonly grpcEndpoint: string;
  /** The newest requests that were accepted. */
  readonly requests: readonly ReceivedRequest[];
  /** Requests that arrived, refused ones too. */
  readonly attempts: number;
  readonly accepted: number;
  /** On the wire, of the accepted ones. */
  readonly receivedBytes: number;
  /** The newest point of every series by `seriesKey`; a point without a recorded value ends its series. */
  latest(): ReadonlyMap<string, LatestPoint>;
  /** Resolves with what `predicate` gives once that is neither false nor nothing: asked now and after each request. */
  waitFor<T>(predicate: () => T, withinMs?: number): Promise<NonNullable<Exclude<T, false>>>;
  readonly faults: ReceiverFaults;
  /** Listens no more; every connection is lost. */
  down(): Promise<void>;
  /** Is back on the same ports. */
  up(): Promise<void>;
  close(): Promise<void>;
}

/** A small OTLP metrics receiver on 127.0.0.1: what `tallyman demo` pushes to where there is no backend, and tests. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const { protocols = ["http"], tls, keptRequests = 100, decode = true } = options;
  const faults = createReceiverFaults();
  const intake = createIntake({ faults, keptRequests, decode });
  const ports = { http: 0, grpc: 0 };
  let http: Server | undefined;
  let grpc: GrpcSide | undefined;

  async function up() {
    if (protocols.includes("http") && !http) {
      http = await listenHttp(createHttpServer(intake, tls), ports.http);
      ports.http = (http.address() as AddressInfo).port;
    }
    if (protocols.includes("grpc") && !grpc) {
      grpc = await listenGrpc(intake, { port: ports.grpc, tls });
      ports.grpc = grpc.port;
    }
  }

  async function down() {
    grpc?.close();
    grpc = undefined;
    if (http) await shut(http);
    http = undefined;
  }

  await up();
  const scheme = tls ? "https" : "http";
  return {
    httpEndpoint: ports.http ? `${scheme}://127.0.0.1:${ports.http}` : "",
    grpcEndpoint: ports.grpc ? `${scheme}://127.0.0.1:${ports.grpc}` : "",
    requests: intake.requests,
    get attempts() {
      return intake.attempts;
    },
    get accepted() {
      return intake.accepted;
    },
    get receivedBytes() {
      return intake.receivedBytes;
    },
    latest: () => intake.latest,
    waitFor: (predicate, withinMs = 30_000) => waitFor(intake.onAccepted, predicate, withinMs),
    faults,
    down,
    up,
    close: down,
  };
}

function waitFor<T>(onAccepted: (listener: () => void) => () => void, predicate: () => T, withinMs: number) {
  type Found = NonNullable<Exclude<T, false>>;
  return new Promise<Found>((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      stop();
    };
    const ask = () => {
      try {
        const value = predicate();
        if (value === false || value === undefined || value === null) return;
        resolve(value as Found);
      } catch (error) {
        reject(error);
      }
      done();
    };
    const stop = onAccepted(ask);
    const timer = setTimeout(() => {
      stop();
      reject(new Error(`The receiver did not get within ${withinMs} ms: ${predicate.toString()}`));
    }, withinMs);
    ask();
  });
}

function createHttpServer(intake: Parameters<typeof createHttpSide>[0], tls: TlsTexts | undefined): Server {
  if (!tls) return createServer(createHttpSide(intake));
  return createTlsServer(tlsServerOptions(tls), createHttpSide(intake)) as Server;
}

function listenHttp(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
