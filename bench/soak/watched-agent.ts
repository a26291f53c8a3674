import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import type { Stage } from "../../test/agent/harness/stage.ts";
import type { Tallyman } from "../../test/agent/harness/tallyman.ts";
import type { Alive } from "./probe.ts";

/** What the process holds: what is alive after a full collection, and what the kernel sees. */
export interface Held extends Alive {
  readonly descriptors: number;
  readonly threads: number;
  /** The most since the last reading. */
  readonly peakResidentBytes: number;
}

export interface WatchedAgent {
  readonly process: Tallyman;
  /** Measures what it held at most until now, then collects its garbage and measures what is left, in a pause of its work. */
  held(): Promise<Held>;
  end(): Promise<void>;
}

const LOOKS = 3;
const QUIET_MS = 50;
const MAX_WAIT_FOR_QUIET_MS = 3_000;
const RESIDENT_EVERY_MS = 250;

export function startWatched(stage: Stage, env: Readonly<Record<string, string>>): WatchedAgent {
  const folder = mkdtempSync(join(tmpdir(), "tallyman-soak-"));
  const socketPath = join(folder, "probe.sock");
  const preloads = ["time-lapse.ts", "probe.ts"].map((file) => `--import=${join(import.meta.dirname, file)}`);
  const NODE_OPTIONS = ["--expose-gc", ...preloads].join(" ");
  const agent = stage.start({ ...env, NODE_OPTIONS, SOAK_PROBE: socketPath });
  let peakResidentBytes = 0;
  const sampling = setInterval(() => {
    if (!agent.ended) peakResidentBytes = Math.max(peakResidentBytes, statusOf(agent.pid).residentBytes);
  }, RESIDENT_EVERY_MS);

  async function look(): Promise<Alive & { descriptors: number }> {
    await quiet(stage);
    const connection = connect(socketPath);
    connection.end("\n");
    const alive = JSON.parse(await text(connection)) as Alive;
    return { ...alive, descriptors: readdirSync(`/proc/${agent.pid}/fd`).length };
  }

  return {
    process: agent,
    async held() {
      const peak = peakResidentBytes;
      const looks: Awaited<ReturnType<typeof look>>[] = [];
      for (let i = 0; i < LOOKS; i++) looks.push(await look());
      const { threads, residentBytes } = statusOf(agent.pid);
      peakResidentBytes = residentBytes;
      // A push under way holds more; the least of some looks is what stays.
      const least = (measure: (one: (typeof looks)[number]) => number) => Math.min(...looks.map(measure));
      return {
        heapBytes: least((one) => one.heapBytes),
        externalBytes: least((one) => one.externalBytes),
        arrayBufferBytes: least((one) => one.arrayBufferBytes),
        resources: least((one) => one.resources),
        descriptors: least((one) => one.descriptors),
        threads,
        peakResidentBytes: peak,
      };
    },
    async end() {
      clearInterval(sampling);
      await agent.end("SIGTERM", 8_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a moment in which the agent neither reads nor pushes. */
async function quiet({ engine, receiver }: Stage) {
  const giveUpAt = performance.now() + MAX_WAIT_FOR_QUIET_MS;
  let before = -1;
  while (performance.now() < giveUpAt) {
    const done = engine.requests.count() + receiver.attempts;
    if (engine.requests.inFlight === 0 && done === before) return;
    before = done;
    await pause(QUIET_MS);
  }
}

function statusOf(pid: number) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
  return { residentBytes: field("VmRSS") * 1024, threads: field("Threads") };
}
