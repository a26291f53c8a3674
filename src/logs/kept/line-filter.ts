import type { LogLine, LogStream } from "../log-line.ts";

export interface LineWishes {
  /** Both inclusive, with nine digits of a second. */
  readonly since?: string;
  readonly until?: string;
  readonly stream?: LogStream;
  /** Asked once for a line; its further parts go with the first. */
  readonly wants?: (line: LogLine) => boolean;
}

/** Whether a line is wanted; to be asked in the lines' order, since a part goes with the part before it. */
export function createLineFilter({ since, until, stream, wants = () => true }: LineWishes): (line: LogLine) => boolean {
  const began = new Map<LogStream, boolean>();
  return (line) => {
    if (stream !== undefined && line.stream !== stream) return false;
    const isWanted = began.get(line.stream) ?? (isWithin(line.time, since, until) && wants(line));
    if (line.isPart) began.set(line.stream, isWanted);
    else began.delete(line.stream);
    return isWanted;
  };
}

function isWithin(time: string, since: string | undefined, until: string | undefined): boolean {
  return (since === undefined || time >= since) && (until === undefined || time <= until);
}
