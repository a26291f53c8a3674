import type { Backoff } from "../../kit/backoff.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { createFollower, type FollowerOptions } from "../follow/follower.ts";
import type { Follow } from "./container-pump.ts";

interface FollowSourceOptions extends Pick<FollowerOptions, "engine" | "maxLineBytes" | "searchPatienceMs"> {
  readonly telemetry: Telemetry;
  /** One for each following; a test's own. */
  readonly backoff?: () => Backoff;
}

/** A follower for each container, with all that the pump knows of it. */
export function followSource({ telemetry, backoff, ...how }: FollowSourceOptions): Follow {
  return ({ source, position, onLines, signal }) => {
    const { id, name, tty, isRotating, isRunning, isNew = false } = source;
    const what = { containerId: id, name, tty, isRotating, isRunning, isNew, position, onLines, signal };
    return createFollower({ ...how, ...what, ...(backoff && { backoff: backoff() }) }, telemetry).run();
  };
}
