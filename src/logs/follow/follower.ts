import { EngineError } from "../../engine/engine.ts";
import { type Backoff, createBackoff } from "../../kit/backoff.ts";
import { wait } from "../../kit/wait.ts";
import { logStreamFailed, logStreamReconnected } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { type EngineTraits, engineTraits } from "./engine-traits.ts";
import { endOfRun, type FollowEnd, type FollowEndParts, followEnd } from "./follow-end.ts";
import { followFromPosition, readFromPosition } from "./from-position.ts";
import { hasSmallFiles, SILENCE_MS } from "./log-rotation.ts";
import type { Reading } from "./reading.ts";
import { createReadings } from "./readings.ts";
import { createSilence } from "./silence.ts";
import { followSmallFiles } from "./small-file-follow.ts";
import { readToHead, type ToHeadOptions } from "./to-head.ts";

export interface FollowerOptions extends ToHeadOptions {
  /** As it was last seen: of a container that does not run nothing is followed. */
  readonly isRunning?: boolean;
  /** It was started for the first time a moment ago, so that there is nothing to catch up with. */
  readonly isNew?: boolean;
  /** See `FollowEndParts`. */
  readonly takeEnd?: FollowEndParts["takeEnd"];
  /** A test's own. */
  readonly backoff?: Backoff;
}

export interface Follower {
  /** Reads on until there will be no more. */
  run(): Promise<FollowEnd>;
}

/** A reading that lasted so long was no part of a row of failures. */
const SETTLED_MS = 10_000;

/**
 * Follows a container's log from the position, over every end of a connection. A log that rotates is read in snapshots
 * first, each time, and followed only from the head: while it is followed, the engine's own rotation loses what was not
 * read yet (json-file of 20.10.24 and 28.5.2), and a snapshot does not.
 */
export function createFollower(options: FollowerOptions, telemetry: Telemetry): Follower {
  const { engine, containerId, name, signal, rotation } = options;
  const { backoff = createBackoff({ firstMs: 250, maxMs: 5_000 }) } = options;
  const container = { containerId, name };
  const readings = createReadings(options, telemetry);
  const ending = {
    engine,
    containerId,
    readings,
    takeEnd: options.takeEnd,
    onFailure: (error: EngineError) => logStreamFailed(telemetry, container, error),
  };

  async function followSmall(traits: EngineTraits): Promise<Reading["end"]> {
    const silence = traits.losesFollows ? createSilence(options.maxSilenceMs ?? SILENCE_MS) : undefined;
    for (;;) {
      const end = await settling(followSmallFiles(readings, silence, options));
      if (end !== "silent") return end;
    }
  }

  async function followFromHead(): Promise<Reading["end"]> {
    for (let isBehind = false; ; ) {
      // Of one that lives for a moment a second request may find nothing; the first is read to its end even so.
      if (!readings.isFirst || (rotation && !options.isNew)) {
        const { end } = await readToHead(readings, { ...options, isBehind });
        if (end !== "ended") return end;
      }
      const { end } = await settling(readFromPosition(readings, { follow: true }));
      isBehind = end === "behind";
      if (!isBehind && end !== "silent") return end;
    }
  }

  /** Not async, as `follow`: of each log that is followed its frame would be kept. */
  function settling<T>(work: Promise<T>): Promise<T> {
    const beganAtMs = performance.now();
    return work.then((result) => {
      if (performance.now() - beganAtMs > SETTLED_MS) backoff.reset();
      return result;
    });
  }

  function follow(traits: EngineTraits): Promise<Reading["end"]> {
    if (hasSmallFiles(rotation) && traits.holdsSnapshots) return followSmall(traits);
    if (rotation || !traits.followsWithoutGap) return followFromHead();
    return settling(followFromPosition(readings, options)).then(({ end }) => end);
  }

  async function attempt(): Promise<FollowEnd | undefined> {
    const end = await follow(engineTraits(await engine.connect()));
    return end === "ended" ? endOfRun(ending) : followEnd(ending, end);
  }

  async function followOn(): Promise<FollowEnd> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const isStopped = isFirst && options.isRunning === false;
      const end = await (isStopped ? endOfRun(ending) : attempt()).catch((error) => {
        if (error instanceof EngineError) return followEnd(ending, error);
        throw error;
      });
      if (end) return end;
      await wait(backoff.next(), signal);
      if (!signal.aborted) logStreamReconnected(telemetry, container);
    }
    return { kind: "stopped" };
  }

  return { run: () => followOn().finally(() => readings.end()) };
}
