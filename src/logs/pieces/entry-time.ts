export interface EntryTime {
  readonly time: string;
  /** Where what was written begins, behind the time and its space. */
  readonly textAt: number;
}

/** The time that begins an entry of the engine's log at `from`, if one does. */
export function readEntryTime(data: Buffer, from: number, to: number): EntryTime | undefined {
  if (isNanosecondTime(data, from, to))
    return { time: data.toString("latin1", from, from + TIME_BYTES), textAt: from + TIME_BYTES + 1 };
  return otherTime(data, from, to);
}

/** Whether a time with nine digits and a space are there, as moby 20.10 … 29 writes them. */
export function isNanosecondTime(data: Buffer, from: number, to: number): boolean {
  return (
    to - from > TIME_BYTES &&
    data[from + 30] === SPACE &&
    data[from + 29] === Z &&
    data[from + 19] === DOT &&
    data[from + 10] === T &&
    data[from + 4] === DASH &&
    isDigit(data[from]) &&
    isDigit(data[from + 20])
  );
}

export const TIME_BYTES = 30;
/** No spelling of a time is longer, its space included. */
export const MAX_TIME_BYTES = 36;

const SPACE = 0x20;
const DASH = 0x2d;
const DOT = 0x2e;
const T = 0x54;
const Z = 0x5a;
const SPELLED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Podman 5.4 tells whole seconds, in the zone of its machine. */
function otherTime(data: Buffer, from: number, to: number): EntryTime | undefined {
  if (!isDigit(data[from])) return undefined;
  const space = data.subarray(from, Math.min(to, from + MAX_TIME_BYTES)).indexOf(SPACE);
  if (space === -1) return undefined;
  const spelled = SPELLED.exec(data.toString("latin1", from, from + space));
  if (!spelled) return undefined;
  const [, seconds = "", fraction = "", zone = ""] = spelled;
  const utcMs = Date.parse(seconds + zone);
  if (Number.isNaN(utcMs)) return undefined;
  const time = `${new Date(utcMs).toISOString().slice(0, 19)}.${fraction.padEnd(9, "0")}Z`;
  return { time, textAt: from + space + 1 };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
