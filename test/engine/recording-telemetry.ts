import { createTally } from "../../src/telemetry/tally.ts";
import type { Telemetry } from "../../src/telemetry/telemetry.ts";

export interface Said {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly message: string;
  readonly fields: Record<string, unknown>;
}

export interface RecordingTelemetry extends Telemetry {
  readonly said: Said[];
  /** Without the debug lines. */
  aloud(): string[];
  /** "tallyman_x_total{kind=timeout}" → value */
  counted(): Record<string, number>;
}

export function recordingTelemetry(): RecordingTelemetry {
  const said: Said[] = [];
  const tally = createTally({ startedAtMs: 0 });
  const at =
    (level: Said["level"]) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void said.push({ level, message, fields });
  return {
    said,
    tally,
    log: { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") },
    aloud: () => said.filter(({ level }) => level !== "debug").map(({ level, message }) => `${level}: ${message}`),
    counted() {
      const values: Record<string, number> = {};
      for (const { descriptor, dataPoints } of tally.families(0))
        for (const { attributes, value } of dataPoints) {
          const labels = Object.entries(attributes).map((label) => label.join("="));
          values[labels.length ? `${descriptor.name}{${labels}}` : descriptor.name] = value;
        }
      return values;
    },
  };
}
