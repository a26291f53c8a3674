import type { EngineProfile } from "./profile.ts";

/** From where a reply is written: by which engine, for which API version, at what time. */
export interface View {
  readonly profile: EngineProfile;
  /** The request's, else the engine's own. */
  readonly apiVersion: string;
  readonly nowMs: number;
}
