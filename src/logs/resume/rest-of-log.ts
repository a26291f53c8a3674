import type { LogLine, LogPosition } from "../log-line.ts";
import { createResume, type Resume } from "./resume.ts";

/** What was told of a log that the engine no longer has, in one piece after the other. */
export interface RestOfLog {
  /** The new lines. The one at the position is looked for in those that are given first. */
  pass(lines: readonly LogLine[]): readonly LogLine[];
  /** It was among them. */
  readonly hasPosition: boolean;
  /** And it is known which: nothing lacks. */
  readonly goesOn: boolean;
  /** With all that `pass` gave. */
  readonly position: LogPosition | undefined;
}

/**
 * New is what follows the line at the position. Only where that is not there the times tell what is new: of a clock that
 * was set back, what is newer is not what came later.
 */
export function createRestOfLog(start: LogPosition | undefined): RestOfLog {
  let resume: Resume | undefined;
  let hasPosition = false;
  let goesOn = false;

  function first(lines: readonly LogLine[]) {
    resume = createResume({ position: start, isWhole: true });
    const following = resume.pass(lines);
    hasPosition = resume.state === "found";
    goesOn = hasPosition && !beginsWithin(lines, start);
    if (hasPosition) return following;
    resume = createResume({ position: start, isWhole: true, isAnchorGone: true });
    return resume.pass(lines);
  }

  return {
    pass: (lines) => (resume ? resume.pass(lines) : first(lines)),
    get hasPosition() {
      return hasPosition;
    },
    get goesOn() {
      return goesOn;
    },
    get position() {
      return resume ? resume.position : start;
    },
  };
}

/** With others of its time before the first, the line at the position is one of those, and what lies between is lost. */
function beginsWithin(lines: readonly LogLine[], start: LogPosition | undefined): boolean {
  return start !== undefined && lines.find(({ stream }) => stream === start.stream)?.time === start.time;
}
