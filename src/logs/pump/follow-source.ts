import type { Engine } from "../../engine/engine.ts";
import type { Backoff } from "../../kit/backoff.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createFollower, type FollowerOptions } from "../follow/follower.ts";
import { createHeardRoom } from "../follow/heard-room.ts";
import { createSnapshotRoom } from "../follow/snapshot-room.ts";
import type { ContainerPumpParts, Follow } from "./container-pump.ts";

interface FollowSourceOptions extends Pick<FollowerOptions, "engine" | "maxLineBytes" | "searchPatienceMs"> {
  readonly telemetry: Telemetry;
  /** One for each following; a test's own. */
  readonly backoff?: () => Backoff;
}

/** A follower for each container, with all that the pump knows of it. */
export function followSource({ telemetry, backoff, ...how }: FollowSourceOptions): Follow {
  const rooms = { room: createSnapshotRoom(), heardRoom: createHeardRoom() };
  return ({ source, ...given }) => {
    const { id: containerId, name, tty, rotation, isRunning, isNew = false } = source;
    const what = { containerId, name, tty, rotation, isRunning, isNew, ...rooms, ...given };
    return createFollower({ ...how, ...what, ...(backoff && { backoff: backoff() }) }, telemetry).run();
  };
}

/** Of one that was never started before: there is nothing to search for. */
export function openNewLog(engine: Engine): ContainerPumpParts["open"] {
  return (id, signal) => engine.containerLogs({ id, follow: true, tail: "all", signal });
}

export function openEndOfLog(engine: Engine): ContainerPumpParts["openEnd"] {
  return (id, tail, signal) => engine.containerLogs({ id, follow: false, tail, signal });
}
