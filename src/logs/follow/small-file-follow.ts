import { isNewOfStream } from "../resume/resume.ts";
import { followAsBell } from "./bell-follow.ts";
import { restMs } from "./log-rotation.ts";
import type { Reading } from "./reading.ts";
import type { Readings } from "./readings.ts";
import type { Silence } from "./silence.ts";
import { readToHead, type ToHeadOptions } from "./to-head.ts";

/** What a small rotating log has told since it was last read is likely to be in so much of its end. */
const BELL_TAIL = 100;

/** Follows a log whose files are soon full, until the follow ends. */
export async function followSmallFiles(
  readings: Readings,
  silence: Silence | undefined,
  options: ToHeadOptions,
): Promise<Reading["end"]> {
  const { engine, containerId: id, rotation, signal } = options;
  // When the container is removed before a snapshot can be had, what the follow told is all that is left: of a log of which
  // nothing is held, all of it.
  const tail = readings.position === undefined ? "all" : 0;
  readings.mayLackLast ||= tail === 0;
  const opened = readings.takeOpened() ?? engine.containerLogs({ id, follow: true, tail, signal });
  return followAsBell({
    ...options,
    reply: await opened,
    catchUp: async () => {
      const reading = await readWhatIsNew(readings, options);
      // What comes from here on the follow tells, which was open before.
      if (reading.end === "ended") readings.mayLackLast = false;
      return reading;
    },
    isHeld: (line) => readings.position !== undefined && !isNewOfStream(line, readings.position),
    giveLast: (lines) => readings.giveLast(lines),
    onLack() {
      readings.mayLackLast = true;
    },
    restMs: restMs(rotation),
    silence,
  });
}

async function readWhatIsNew(readings: Readings, options: ToHeadOptions): Promise<Reading> {
  if (readings.position !== undefined && 2 * readings.caughtUpLines <= BELL_TAIL) {
    const reading = await readings.read({ follow: false, tail: BELL_TAIL });
    if (reading.end !== "starts-too-late" && reading.end !== "not-found") return reading;
  }
  return readToHead(readings, { ...options, isBehind: false });
}
