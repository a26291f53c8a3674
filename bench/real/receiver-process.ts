import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ANSWER_WITHIN_MS = 60_000;
const SCRIPT = join(import.meta.dirname, "../receiver.ts");

export interface Receiver {
  readonly endpoint: string;
  /** Of all that came, as soon as that is at least so many pushes. */
  received(pushes: number): Promise<Received>;
  end(): void;
}

export interface Received {
  readonly pushes: number;
  readonly points: number;
  readonly bodyBytes: number;
  readonly plainBytes: number;
  readonly sweepMs: number;
}

/** The bench's receiver in a process of its own, on the loopback of the network namespace that process `neighbour` is in. */
export async function startReceiver({ neighbour = process.pid } = {}): Promise<Receiver> {
  const child = spawn("nsenter", [`--net=/proc/${neighbour}/ns/net`, process.execPath, SCRIPT], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [{ endpoint }] = await once(child, "message");
  return {
    endpoint,
    async received(pushes) {
      const answer = once(child, "message", { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      child.send({ pushes });
      const [received] = await answer;
      return received;
    },
    end: () => void child.kill("SIGKILL"),
  };
}
