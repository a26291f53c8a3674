import { type EngineProfile, isAtLeast } from "../profile.ts";
import type { View } from "../view.ts";
import type { ContainerLog, LogEntry } from "./container-log.ts";
import type { LogQuery } from "./log-query.ts";

export interface LogCursor {
  /** The next so many that the query asks for; none: there are no more yet. */
  take(count: number): LogEntry[];
  /** Nothing further comes. */
  readonly isAtEnd: boolean;
  /** The run ended: what is there now is all. */
  close(): void;
  /** The oldest entry that it may still take. */
  readonly heldFrom: number;
}

/** Where one reader is in a container's log. */
export function createCursor(log: ContainerLog, query: LogQuery, { profile }: View): LogCursor {
  const { streams, tail, follow, sinceNs, untilNs } = query;
  // From 24 on a prefix is skipped and all that follows passes; before, each line is compared (moby e278d3f185).
  const comparesEach = !isAtLeast(profile.engineVersion, "24.0");
  let next = tail === undefined ? log.first : startOfTail(log, tail, profile);
  let isPastSince = false;
  let isPastUntil = false;
  let end = follow && log.isOpen ? undefined : log.next;
  /** A reading has the files open that were there when it was asked for, also those that are removed meanwhile. */
  let newestOpen = log.files.currentStart;

  /**
   * A follow reads the newest of its files to the end, and goes on with the one that is written by then: what lies between
   * is lost to it, without a word (moby 28.5.2, daemon/logger/loggerutils/follow.go).
   */
  function passOverFiles() {
    const { end: fileEnd } = log.files.fileOf(newestOpen);
    if (fileEnd === undefined || next < fileEnd) return;
    newestOpen = log.files.currentStart;
    if (newestOpen > next) log.passOver(newestOpen - next);
    next = Math.max(next, newestOpen);
  }

  return {
    take(count) {
      const taken: LogEntry[] = [];
      while (taken.length < count && next < (end ?? log.next) && !isPastUntil) {
        if (follow && profile.flavour === "docker") passOverFiles();
        const entry = log.entry(next++);
        if (sinceNs !== undefined && (comparesEach || !isPastSince) && entry.atNs < sinceNs) continue;
        isPastSince = true;
        if (untilNs !== undefined && entry.atNs > untilNs) isPastUntil = true;
        else if (streams.has(entry.stream)) taken.push(entry);
      }
      return taken;
    },
    get isAtEnd() {
      return isPastUntil || (end !== undefined && next >= end);
    },
    close() {
      end ??= log.next;
    },
    get heldFrom() {
      return next;
    },
  };
}

/** Docker counts pieces, Podman lines, an unended one among them (5.4.2, recorded). */
function startOfTail(log: ContainerLog, tail: number, { flavour }: EngineProfile): number {
  if (flavour === "docker") return Math.max(log.first, log.next - tail);
  let start = log.next;
  for (let lines = 0; start > log.first; start--) {
    const isLastOfLine = start === log.next || log.entry(start - 1).ended !== "open";
    if (isLastOfLine && ++lines > tail) break;
  }
  return start;
}
