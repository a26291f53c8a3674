import type { ContainerInspect, ContainerSummary } from "../engine/replies.ts";

export interface Container {
  readonly summary: ContainerSummary;
  /** The same object for as long as nothing is known to have changed: what is derived from it may be kept by its identity. */
  readonly inspect: ContainerInspect;
  /** "oom" events seen since the agent started watching. */
  readonly oomEvents: number;
}

export interface InventoryOptions {
  readonly include: ContainerFilter;
  readonly exclude: ContainerFilter;
  /** Environment variables to keep, named one by one; none if not given: they hold secrets. */
  readonly envNames?: readonly string[];
  /** 10,000 if not given; of more, the newest. */
  readonly maxContainers?: number;
}

/** Globs; a label glob is "name" or "name=value". */
export interface ContainerFilter {
  readonly names: readonly string[];
  readonly images: readonly string[];
  readonly labels: readonly string[];
}

export interface ContainerNews {
  readonly id: string;
  /** "starting": before it runs, where the engine tells of it; or it came into a network while it ran. */
  readonly kind: "created" | "starting" | "started" | "died";
  /** As far as the event itself tells of it; absent where it is not chosen. */
  readonly summary?: ContainerSummary;
}

export interface Inventory {
  /** Starts to watch the event stream; it reconnects for ever. */
  start(): void;
  /**
   * Lists the chosen containers, stopped ones too, and inspects those that are new or changed.
   * Rejects with an EngineError when the list can't be had; one container's failed inspect leaves just that one out.
   */
  containers(): Promise<readonly Container[]>;
  /**
   * Tells when `containers()` may have become another: an event told of a change, or the stream of events was opened (again),
   * before which anything may have happened. Gives the function that ends it. Where a container was made, started or died it is named:
   * one that lives for a moment may be gone before a list would show it.
   */
  onChange(listener: (news?: ContainerNews) => void): () => void;
  /** One container by itself, if it is there and chosen. Rejects with an EngineError when it can't be had. */
  container(id: string): Promise<Container | undefined>;
  /** Of all containers in the last list, chosen or not; absent before the first, and where the limit cut it. */
  readonly listedIds: ReadonlySet<string> | undefined;
  stop(): void;
}
