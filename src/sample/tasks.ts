import type { EngineFacts } from "../engine/engine.ts";
import type { StatsReply } from "../engine/replies.ts";
import type { TaskSample } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";

interface TaskSources {
  readonly reply: StatsReply["pids_stats"];
  readonly pidsLimit: number | undefined;
  readonly facts: EngineFacts;
}

/** Engines say "no limit" by leaving it out, by 0, or by 2^64-1. */
const NO_LIMIT_FROM = 2 ** 63;

export function taskSample({ reply, pidsLimit, facts }: TaskSources): TaskSample | undefined {
  const tasks = fieldsOf(reply);
  const threads = quantity(tasks?.current);
  if (threads === undefined) return undefined;
  // Podman's compat API always says 0 (podman 4, containers_stats_linux.go; seen in 5.4),
  // though it sets a limit by default: only one that was given is known.
  if (facts.flavour === "podman") return { threads, threadsMax: pidsLimit };
  const limit = quantity(tasks?.limit ?? 0);
  return { threads, threadsMax: limit !== undefined && limit >= NO_LIMIT_FROM ? 0 : limit };
}
