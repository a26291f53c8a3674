import type { ContainerInspect, ContainerSummary } from "../engine/replies.ts";
import type { ContainerState, Health } from "./container-sample.ts";
import { fieldsOf, quantity } from "./quantity.ts";
import { secondsFromRfc3339 } from "./time.ts";

export function containerState(inspect: ContainerInspect): ContainerState {
  const state = fieldsOf(inspect.State);
  const status = statusOf(state);
  const running = isRunning(status);
  const everRan = secondsFromRfc3339(state?.StartedAt) !== undefined;
  return {
    status,
    running,
    paused: status === "paused",
    restartCount: quantity(inspect.RestartCount),
    exitCode: !running && everRan && Number.isFinite(state?.ExitCode) ? state?.ExitCode : undefined,
    finishedAtSeconds: secondsFromRfc3339(state?.FinishedAt),
    health: typeof state?.Status === "string" ? healthOf(state.Health) : undefined,
  };
}

/**
 * `known`, corrected by the list, which is asked at every sweep while an inspect reply may be older: a container that
 * stopped in between must not be taken for a running one. The same object if nothing differs.
 */
export function currentState(known: ContainerState, summary: ContainerSummary | undefined): ContainerState {
  const status = summary?.State || known.status;
  const health = healthInStatus(summary?.Status) ?? known.health;
  if (status === known.status && health === known.health) return known;
  const running = isRunning(status);
  const exitCode = running || known.running ? undefined : known.exitCode;
  return { ...known, status, running, paused: status === "paused", exitCode, health };
}

function statusOf(state: ContainerInspect["State"]): string {
  if (typeof state?.Status === "string" && state.Status !== "") return state.Status;
  if (state?.Restarting) return "restarting";
  if (state?.Paused) return "paused";
  return state?.Running ? "running" : "exited";
}

/** A container that waits for its next restart says Running: true (moby 28.5), but has no process. */
function isRunning(status: string): boolean {
  return status === "running" || status === "paused";
}

/** Without a health check the engine leaves it out, or says "none" (an image's check that was switched off) or "" (Podman). */
function healthOf(health: NonNullable<ContainerInspect["State"]>["Health"]): Health | undefined {
  const status: unknown = health === undefined || health === null ? "" : fieldsOf(health)?.Status;
  if (status === "healthy" || status === "unhealthy" || status === "starting") return status;
  return status === "" || status === "none" ? "none" : undefined;
}

/** The list's text says "Up 5 minutes (healthy)", "(unhealthy)" or "(health: starting)" (moby 20.10 … 29.7). */
function healthInStatus(text: string | undefined): Health | undefined {
  const match = typeof text === "string" ? /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(text) : null;
  return match === null ? undefined : (match[1] as Health);
}
