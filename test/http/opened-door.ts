import { once } from "node:events";
import { connect } from "node:net";
import { createDoor, type Door, type DoorOptions } from "../../src/http/door.ts";
import type { Route } from "../../src/http/route.ts";
import { type RecordingTelemetry, recordingTelemetry } from "../engine/recording-telemetry.ts";

export interface OpenedDoor {
  readonly door: Door;
  readonly url: string;
  readonly port: number;
  readonly telemetry: RecordingTelemetry;
}

/** A door at a port of its own, closed after the test where that is given. */
export async function openedDoor(
  routes: readonly Route[],
  { t, ...options }: Partial<DoorOptions> & { t?: { after(close: () => Promise<void>): void } } = {},
): Promise<OpenedDoor> {
  const telemetry = recordingTelemetry();
  const door = createDoor(
    { listen: { kind: "tcp", host: "127.0.0.1", port: 0 }, maxConnections: 64, ...options },
    { routes, telemetry },
  );
  t?.after(() => door.close());
  if (!(await door.open())) throw new Error(`the door stays shut: ${JSON.stringify(telemetry.said)}`);
  const url = door.url as string;
  return { door, url, port: Number(new URL(url).port), telemetry };
}

export function textRoute(path: string, body = "hello\n", headers: Record<string, string> = {}): Route {
  return { path, answer: async () => ({ status: 200, headers, body }) };
}

/** Sends the bytes as they are, and gives all that comes back until the end of the connection. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
  });
  // The rest of what was refused may be answered with a reset.
  socket.on("error", () => undefined);
  socket.write(bytes);
  await once(socket, "close");
  return received;
}

/** A request line with what HTTP/1.1 asks for, and an end of the connection after the answer. */
export function request(line: string, ...headers: string[]): string {
  return `${[`${line} HTTP/1.1`, "Host: door", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;
}

export function statusIn(response: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(response)?.[1]);
}
