import type { ContainerSummary } from "../engine/replies.ts";
import { ageOf, withoutAge } from "./status-age.ts";

/** What one look at the list told of a container, kept to be compared with the next. */
export interface ListEntry {
  readonly fingerprint: string;
  /** When its run (or its end) began at the latest, on the clock of the look. */
  readonly beganByMs: number;
  readonly beganAfterMs: number;
  /** Less than a minute old, which is told in seconds. */
  readonly isYoung: boolean;
}

/** The list was made at some moment between asking for it and having it. */
export interface Look {
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export function listEntry(summary: ContainerSummary, { askedAtMs, answeredAtMs }: Look): ListEntry {
  const age = ageOf(summary.Status ?? "");
  return {
    fingerprint: fingerprintOf(summary),
    beganByMs: age ? answeredAtMs - age.fromSeconds * 1000 : Number.POSITIVE_INFINITY,
    beganAfterMs: age ? askedAtMs - age.toSeconds * 1000 : Number.NEGATIVE_INFINITY,
    isYoung: age !== undefined && age.toSeconds <= 60,
  };
}

/**
 * Whether the container changed between two looks, as far as a list can tell: another name, state, image or health, or a
 * run that began later than the one before can have begun, which is a restart.
 */
export function changedBetween(before: ListEntry, now: ListEntry): boolean {
  return before.fingerprint !== now.fingerprint || now.beganAfterMs > before.beganByMs + CLOCK_SLACK_MS;
}

/**
 * Whether its run may have begun after that moment, by the entry alone: two restarts within the second, or whatever else is
 * the unit of the age, look alike in a list.
 */
export function mayHaveBegunSince(sinceMs: number, { beganByMs }: ListEntry): boolean {
  return Number.isFinite(beganByMs) && beganByMs > sinceMs;
}

/** The two looks together bound the beginning more closely than the last alone. */
export function joined(before: ListEntry, now: ListEntry): ListEntry {
  return before.beganByMs < now.beganByMs ? { ...now, beganByMs: before.beganByMs } : now;
}

/** An engine's clock that is being set right wanders a little against ours. */
const CLOCK_SLACK_MS = 1_000;

function fingerprintOf({ Names, Image, ImageID, State, Status = "", Labels, Created }: ContainerSummary): string {
  return JSON.stringify([Names, Image, ImageID, State, withoutAge(Status), Labels, Created]);
}
