import type { EngineFacts } from "../../engine/engine.ts";

export interface EngineTraits {
  /** Podman 5.4.2 cuts lines anywhere, each piece with a time of its own. */
  readonly untilNewline: boolean;
  /** A snapshot has all that the log's files held when it was asked for, whatever the driver removes afterwards. */
  readonly holdsSnapshots: boolean;
  /**
   * Of what is written between the log's end that a follow begins with and what comes after nothing is lost: moby opens the
   * files once (20.10.24 and 28.5.2, daemon/logger/loggerutils), Podman twice (5.4.2, libpod/logs/log.go).
   */
  readonly followsWithoutGap: boolean;
  /** Before 24 a follow of a json-file may stop at a rotation, for good and without an end. */
  readonly losesFollows: boolean;
}

export function engineTraits(facts: EngineFacts): EngineTraits {
  const isPodman = facts.flavour === "podman";
  const major = Number.parseInt(facts.engineVersion, 10);
  const isOldMoby = !isPodman && major < 24;
  return { untilNewline: isPodman, holdsSnapshots: !isPodman, followsWithoutGap: !isPodman, losesFollows: isOldMoby };
}
