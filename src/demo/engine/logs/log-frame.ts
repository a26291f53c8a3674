import { isAtLeast } from "../profile.ts";
import type { View } from "../view.ts";
import type { LogEntry } from "./container-log.ts";

export interface FrameForm {
  readonly view: View;
  readonly driver: string;
  readonly tty: boolean;
  readonly timestamps: boolean;
}

/** An entry as the engine sends it: behind eight bytes of stream and length, or bare when it is a terminal's. */
export function frameOf(entry: LogEntry, form: FrameForm): Buffer {
  const time = form.timestamps ? `${timeText(entry.atNs, form.view)} ` : "";
  const newline = hasNewline(entry, form) ? 1 : 0;
  const head = form.tty ? 0 : 8;
  const frame = Buffer.allocUnsafe(head + time.length + entry.bytes.length + newline);
  if (head > 0) {
    frame.writeUInt32BE(entry.stream === "stdout" ? 0x01000000 : 0x02000000, 0);
    frame.writeUInt32BE(frame.length - head, 4);
  }
  frame.write(time, head, "latin1");
  entry.bytes.copy(frame, head + time.length);
  if (newline > 0) frame[frame.length - 1] = 0x0a;
  return frame;
}

/** Of an API older than 1.42 a newer engine says raw whatever it sends (28.5, recorded); an older engine says nothing. */
export function logContentType({ view, tty }: { view: View; tty: boolean }): string | undefined {
  // Podman calls itself 1.41, and so says nothing either.
  if (!isAtLeast(view.profile.apiVersion, "1.42")) return undefined;
  const isMultiplexed = !tty && isAtLeast(view.apiVersion, "1.42");
  return `application/vnd.docker.${isMultiplexed ? "multiplexed" : "raw"}-stream`;
}

/** 20.10's `local` driver gives no newline after the last piece of a line; 28.5's does, and json-file ever did (recorded). */
function hasNewline({ ended }: LogEntry, { driver, view }: FrameForm): boolean {
  if (ended !== "line of pieces") return ended === "line";
  if (view.profile.flavour === "podman") return true;
  return driver !== "local" || isAtLeast(view.profile.engineVersion, "23.0");
}

const SECOND_NS = 1_000_000_000n;

function timeText(atNs: bigint, { profile }: View): string {
  const seconds = new Date(Number(atNs / SECOND_NS) * 1000).toISOString().slice(0, 19);
  if (profile.flavour === "podman") return `${seconds}Z`;
  return `${seconds}.${String(atNs % SECOND_NS).padStart(9, "0")}Z`;
}
