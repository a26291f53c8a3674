import { type EngineVitals, type OutletVitals, type SweepVitals, unreadiness, type Vitals, wedge } from "../vitals.ts";
import type { PagePart } from "./page-model.ts";

/** What the parts are and do, in words. */
export interface PartWords {
  readonly engine: string;
  readonly sweep: string;
  /** By the outlet's name. */
  readonly outlets: Readonly<Record<string, string>>;
  /** What there could be and is not, with what turns it on. */
  readonly off: Readonly<Record<string, string>>;
}

/** Is it working: the engine, the sweeps and each outlet. */
export function pageParts(vitals: Vitals, words: PartWords): PagePart[] {
  return [
    enginePart(vitals.engine, words.engine),
    sweepPart(vitals, words.sweep),
    ...vitals.outlets.map((outlet) => outletPart(outlet, words.outlets[outlet.name] ?? "")),
    ...Object.entries(words.off).map(([name, text]): PagePart => ({ name, state: "off", text })),
  ];
}

function enginePart({ isConnected, error }: EngineVitals, text: string): PagePart {
  if (isConnected) return { name: "engine", state: "ok", text };
  return error === undefined
    ? { name: "engine", state: "waiting", text: "It is not connected yet." }
    : { name: "engine", state: "failing", text: `It can't be reached, and is tried again until it is back: ${error}` };
}

function sweepPart(vitals: Vitals, text: string): PagePart {
  const { engine, sweeps } = vitals;
  const trouble = wedge(vitals) ?? (engine.isConnected ? unreadiness(vitals) : undefined);
  const state = stateOf(sweeps, trouble);
  return { name: "sweep", state, text: trouble === undefined ? text : `${trouble}.` };
}

function stateOf({ endedMs, hasFailed }: SweepVitals, trouble: string | undefined): PagePart["state"] {
  if (endedMs === undefined) return "waiting";
  return trouble === undefined && hasFailed !== true ? "ok" : "failing";
}

function outletPart({ name, isFailing, lastSuccessMs, lastError }: OutletVitals, text: string): PagePart {
  const untried = lastSuccessMs === undefined && lastError === undefined;
  return { name, state: isFailing ? "failing" : untried ? "waiting" : "ok", text, lastSuccessMs, lastError };
}
