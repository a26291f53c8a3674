import type { EngineFacts } from "../engine/engine.ts";
import type { ContainerSummary, EventReply } from "../engine/replies.ts";

/** Actions that change what inspect tells. Not exec_*: each probe of a health check makes three of them. */
const CHANGING = [
  "create",
  "start",
  "restart",
  "stop",
  "die",
  "kill",
  "pause",
  "unpause",
  "rename",
  "update",
  "oom",
  "health_status",
  "destroy",
];

/** Of a network: moby's first word of a container's start, which it tells before it runs anything (20.10.24 … 28.5.2). */
const STARTING = "connect";

/**
 * What to ask the event stream for. Podman (5.4) has actions of its own ("init", "cleanup", "died") and compares names
 * exactly, so it is asked for all that happens to containers.
 */
export function eventFilters({ flavour }: EngineFacts): Record<string, string[]> {
  if (flavour === "podman") return { type: ["container"] };
  return { type: ["container", "network"], event: [...CHANGING, STARTING] };
}

/** The container that an event tells of as being started, or connected while it runs. */
export function startingIn({ Type, Action, Actor }: EventReply): string | undefined {
  const id = Type === "network" && Action === STARTING ? Actor?.Attributes?.container : undefined;
  return typeof id === "string" ? id : undefined;
}

/** The container that an event tells a change of, and whether it was the kernel's killer. */
export function changeIn(event: EventReply): { containerId: string; isOom: boolean } | undefined {
  const { Type, Action, Actor } = event;
  if (Type !== "container" || typeof Action !== "string" || typeof Actor?.ID !== "string") return undefined;
  if (PASSING.test(Action)) return undefined;
  return { containerId: Actor.ID, isOom: Action === "oom" };
}

/** What an event tells of its container: its labels stand among its attributes (moby 20.10 … 28.5, Podman 5.4.2). */
export function summaryIn({ Actor }: EventReply, containerId: string): ContainerSummary {
  const { name, image, ...labels } = Actor?.Attributes ?? {};
  return {
    Id: containerId,
    ...(name !== undefined && { Names: [`/${name}`] }),
    ...(image !== undefined && { Image: image }),
    Labels: labels,
  };
}

/** Actions that leave a container as it was; "exec_create: /bin/sh -c true" carries its command. */
const PASSING = /^(exec_|top|attach|detach|resize|copy|archive-path|extract-to-dir|export|exec$|exec_died)/;
