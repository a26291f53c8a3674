/** What the agent's health is judged by. Times are how long ago; what never was is absent. */
export interface Vitals {
  readonly engine: EngineVitals;
  readonly sweeps: SweepVitals;
  readonly outlets: readonly OutletVitals[];
}

export interface EngineVitals {
  readonly isConnected: boolean;
  /** Why not, in words. */
  readonly error?: string;
}

export interface SweepVitals {
  readonly startedMs: number;
  /** How often there is one; absent: when somebody asks. */
  readonly intervalMs?: number;
  /** Whatever the engine does, one has ended within this. */
  readonly longestMs: number;
  /** The oldest that has not ended yet. */
  readonly underWayMs?: number;
  readonly endedMs?: number;
  /** Whether the last one found no list of containers. */
  readonly hasFailed?: boolean;
}

export interface OutletVitals {
  readonly name: string;
  readonly isFailing: boolean;
  readonly lastSuccessMs?: number;
  readonly lastError?: { readonly atMs: number; readonly text: string };
}

/** A sweep at an interval of less than this may come late on a busy machine. */
const MIN_PATIENCE_MS = 5_000;

/** Why the agent's own loop no longer turns, or nothing: a sweep that never ends, or none that ever begins. */
export function wedge({ sweeps }: Vitals): string | undefined {
  const { startedMs, intervalMs, longestMs, underWayMs = 0, endedMs = startedMs } = sweeps;
  if (underWayMs > longestMs) return `a sweep has been under way for ${seconds(underWayMs)}`;
  if (intervalMs === undefined || endedMs <= 2 * intervalMs + longestMs) return undefined;
  return `no sweep has ended for ${seconds(endedMs)}`;
}

/** Why there are no fresh numbers, or nothing. */
export function unreadiness({ engine, sweeps }: Vitals): string | undefined {
  const { intervalMs, endedMs, hasFailed } = sweeps;
  if (!engine.isConnected) return engineTrouble(engine);
  if (hasFailed) return "the engine does not list its containers";
  if (intervalMs === undefined) return undefined;
  if (endedMs === undefined) return "there was no sweep yet";
  const patienceMs = Math.max(2 * intervalMs, MIN_PATIENCE_MS);
  return endedMs <= patienceMs ? undefined : `the last sweep was ${seconds(endedMs)} ago`;
}

/** All that is wrong. An outlet or a sweep that has not been tried yet has not failed. */
export function troubles(vitals: Vitals): string[] {
  const { engine, sweeps, outlets } = vitals;
  const stuck = wedge(vitals);
  return [
    ...(stuck === undefined ? [] : [stuck]),
    ...(engine.isConnected ? [] : [engineTrouble(engine)]),
    ...(engine.isConnected && sweeps.hasFailed ? ["the engine does not list its containers"] : []),
    ...outlets
      .filter(({ isFailing }) => isFailing)
      .map(({ name, lastError }) => `${name} fails: ${lastError?.text ?? "no reason is known"}`),
  ];
}

function engineTrouble({ error }: EngineVitals): string {
  return error === undefined ? "the engine is not connected yet" : `the engine can't be reached: ${error}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
