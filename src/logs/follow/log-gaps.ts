import type { Engine, LogReply } from "../../engine/engine.ts";
import { logGapFound } from "../../telemetry/events/logs.ts";
import type { Telemetry } from "../../telemetry/telemetry.ts";
import { letGo } from "./let-go.ts";

/** What the driver, or the container's end, took of a log before it could be read. */
export interface LogGaps {
  /** Counted each time, and said once. */
  found(gap: { readonly after: string | undefined; readonly before: string | undefined }): void;
  /** Opens all of a log whose beginning may be what is left of it, whatever the driver removes while that is found out. */
  openSpare(): void;
  takeSpare(): Promise<LogReply> | undefined;
  closeSpare(): void;
}

export interface LogGapsOptions {
  readonly engine: Engine;
  readonly containerId: string;
  readonly name: string;
  readonly signal: AbortSignal;
}

export function createLogGaps(options: LogGapsOptions, telemetry: Telemetry): LogGaps {
  return new GapsOfLog(options, telemetry);
}

/** A class: there are thousands, and each function of a factory is 64 bytes (V8 13.6). */
class GapsOfLog implements LogGaps {
  readonly #options: LogGapsOptions;
  readonly #telemetry: Telemetry;
  #isSaid = false;
  #spare: Promise<LogReply> | undefined;

  constructor(options: LogGapsOptions, telemetry: Telemetry) {
    this.#options = options;
    this.#telemetry = telemetry;
  }

  found(gap: { readonly after: string | undefined; readonly before: string | undefined }): void {
    const { containerId, name } = this.#options;
    logGapFound(this.#telemetry, { containerId, name }, gap, { isNews: !this.#isSaid });
    this.#isSaid = true;
  }

  openSpare(): void {
    const { engine, containerId: id, signal } = this.#options;
    this.#spare ??= engine.containerLogs({ id, follow: false, tail: "all", signal });
    this.#spare.catch(() => undefined);
  }

  takeSpare(): Promise<LogReply> | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  closeSpare(): void {
    letGo(this.takeSpare());
  }
}
