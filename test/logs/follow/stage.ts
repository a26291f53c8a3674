import { type SimulatedEngineOptions, startSimulatedEngine } from "../../../src/demo/engine/simulated-engine.ts";
import { createEngine } from "../../../src/engine/create-engine.ts";
import type { Engine, LogQuery } from "../../../src/engine/engine.ts";
import { createBackoff } from "../../../src/kit/backoff.ts";
import type { FollowEnd } from "../../../src/logs/follow/follow-end.ts";
import { createFollower, type FollowerOptions } from "../../../src/logs/follow/follower.ts";
import type { LogLine, LogStream } from "../../../src/logs/log-line.ts";
import { recordingTelemetry } from "../../engine/recording-telemetry.ts";
import { eventually } from "../../support/eventually.ts";
import { positionAfter } from "../resume/model-log.ts";

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** A simulated engine and a client of it; followers that go on from what those before them took. */
export async function startStage(
  options: SimulatedEngineOptions = {},
  { requestTimeoutMs = 2_000, searchPatienceMs = 300 } = {},
) {
  const simulated = await startSimulatedEngine(options);
  const telemetry = recordingTelemetry();
  const engine = createEngine({ address: simulated.address, requestTimeoutMs }, telemetry);
  const stops: AbortController[] = [];
  return {
    ...simulated,
    engine,
    telemetry,
    follow(containerId: string, taken: LogLine[], given: Partial<FollowerOptions> = {}): Following {
      const stop = new AbortController();
      stops.push(stop);
      const follower = createFollower(
        {
          engine,
          containerId,
          name: "web",
          tty: false,
          position: positionAfter(taken),
          onLines: async (lines) =>
            void taken.push(...lines.map((line) => ({ ...line, bytes: Buffer.from(line.bytes) }))),
          signal: stop.signal,
          backoff: createBackoff({ firstMs: 1, maxMs: 20 }),
          searchPatienceMs,
          ...given,
        },
        telemetry,
      );
      const end = follower.run();
      return {
        end,
        async stop() {
          stop.abort();
          return end;
        },
      };
    },
    /** A follow is open, at the head of the log: it told of one more line. */
    async untilFollowed(id: string, taken: readonly LogLine[]) {
      await eventually(() => simulated.requests.entries.at(-1)?.url.includes("follow=1"));
      const { length } = taken;
      simulated.containers.print(id, { bytes: "followed\n" });
      await eventually(() => taken.length > length);
    },
    async close() {
      for (const stop of stops) stop.abort();
      engine.close();
      await simulated.close();
    },
  };
}

/** The engine, to which something happens as it is asked for such a log, or as its answer is there. */
export function engineWhere(
  engine: Engine,
  isSuch: (query: LogQuery) => boolean,
  happens: { readonly asked?: () => void; readonly open?: () => void },
): Engine {
  return {
    ...engine,
    async containerLogs(query) {
      if (isSuch(query)) happens.asked?.();
      const reply = await engine.containerLogs(query);
      if (isSuch(query)) happens.open?.();
      return reply;
    },
  };
}

export interface Following {
  readonly end: Promise<FollowEnd>;
  stop(): Promise<FollowEnd>;
}

/** What was taken of a stream, a line or part each. */
export function texts(taken: readonly LogLine[], stream?: LogStream): string[] {
  return taken.filter((line) => !stream || line.stream === stream).map(({ bytes }) => bytes.toString("latin1"));
}
