import { followAsBell } from "./bell-follow.ts";
import { type EndParts, readEnd } from "./follow-end.ts";
import { createHeardLines } from "./heard-lines.ts";
import { createHeardRoom } from "./heard-room.ts";
import { restMs } from "./log-rotation.ts";
import type { Reading } from "./reading.ts";
import type { Readings } from "./readings.ts";
import type { Silence } from "./silence.ts";
import { readToHead, type ToHeadOptions } from "./to-head.ts";

/** What a small rotating log has told since it was last read is likely to be in so much of its end. */
const BELL_TAIL = 100;
/** All of a log that has no more is asked for at once: it costs the engine no more than its end. */
const TINY_BYTES = 50_000;
/** All of it is read sooner than opening others ahead of that would take. */
const SHORT_BYTES = 1_000_000;

/** Follows a log whose files are soon full, until the follow ends. */
export async function followSmallFiles(
  readings: Readings,
  silence: Silence | undefined,
  options: ToHeadOptions & Pick<EndParts, "takeEnd">,
): Promise<Reading["end"]> {
  const { engine, containerId: id, rotation, signal } = options;
  // When the container is removed before a snapshot can be had, what the follow told is all that is left: of a log of which
  // nothing is held, all of it.
  const tail = readings.position === undefined ? "all" : 0;
  readings.mayLackLast ||= tail === 0;
  const opened = readings.takeOpened() ?? engine.containerLogs({ id, follow: true, tail, signal });
  const heard = createHeardLines(options.heardRoom ?? createHeardRoom());
  const reply = await opened;
  readings.besides(heard);
  return followAsBell({
    ...options,
    reply,
    readings,
    heard,
    catchUp: async () => {
      const reading = await readWhatIsNew(readings, options);
      // What comes from here on the follow tells, which was open before.
      if (reading.end === "ended") readings.mayLackLast = false;
      return reading;
    },
    onGone: () => readEnd({ engine, readings, takeEnd: options.takeEnd }),
    onLack() {
      readings.mayLackLast = true;
    },
    restMs: restMs(rotation),
    silence,
  });
}

async function readWhatIsNew(readings: Readings, options: ToHeadOptions): Promise<Reading> {
  for (const tail of likelyTails(readings, options)) {
    const reading = await readings.read({ follow: false, tail });
    if (reading.end !== "starts-too-late" && reading.end !== "not-found") return reading;
  }
  return readToHead(readings, { ...options, isBehind: false });
}

function likelyTails(readings: Readings, { rotation }: ToHeadOptions): readonly (number | "all")[] {
  const { fileBytes = Number.POSITIVE_INFINITY, keptFiles = 1 } = rotation ?? {};
  const logBytes = fileBytes * keptFiles;
  if (readings.position === undefined) return [];
  const tails = logBytes <= SHORT_BYTES ? (["all"] as const) : [];
  if (readings.hasLost || logBytes <= TINY_BYTES || 2 * readings.caughtUpLines > BELL_TAIL) return tails;
  return [BELL_TAIL, ...tails];
}
