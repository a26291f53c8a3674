import type { LogLine } from "../../../../src/logs/log-line.ts";
import { seeded } from "../../../support/seeded.ts";
import { line } from "./scene.ts";

/** The same lines for the same seed: both streams, runs of one time, parts, a few long ones. */
export function numberedLog(seed: number, lines: number): LogLine[] {
  const random = seeded(seed);
  const at = { stdout: 0, stderr: 0 };
  return Array.from({ length: lines }, (_, i) => {
    const stream = random() < 0.2 ? "stderr" : "stdout";
    if (random() < 0.7) at[stream] = Math.max(at[stream] + 1, i);
    const tail = random() < 0.001 ? "x".repeat(3_000) : "";
    return line(`line ${i}${tail}`, { at: at[stream], stream, isPart: random() < 0.05 });
  });
}
