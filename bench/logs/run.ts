/**
 * What the log pump costs, beside a bare socket that is written to a file and beside `docker logs`, in one run:
 * `npm run bench:logs [one] [many] [idle] [shipping] [real] [real-resume] [real-idle] [real-rotating] [real-leaving]`, all of
 * them if none is named. REAL=0 leaves the real engine out. LOG_LINES (2,000,000) of 100 bytes; IDLE_CONTAINERS (1,000),
 * IDLE_REAL (100); REAL_BINARIES: a folder with another release's dockerd, containerd and docker. ROTATING: which rows of
 * real-rotating, all of which take six minutes ("x 1: Tallyman"). Each other part takes less than four.
 */
import { join } from "node:path";
import { temporaryFolder } from "../../test/e2e/harness/temporary-folder.ts";
import { table } from "../real/table.ts";
import { measureIdle } from "./idle.ts";
import { measureReal } from "./real.ts";
import { measureRealIdle } from "./real-idle.ts";
import { measureRealLeaving } from "./real-leaving.ts";
import { measureRealResume } from "./real-resume.ts";
import { measureRealRotating } from "./real-rotating.ts";
import { measureReplay } from "./replay.ts";
import { bundlePumpReader } from "./run-reader.ts";
import { measureShipping } from "./shipping.ts";

const lines = Number(process.env.LOG_LINES ?? 2_000_000);
const idle = Number(process.env.IDLE_CONTAINERS ?? 1_000);
const idleReal = Number(process.env.IDLE_REAL ?? 100);
const simulated = ["one", "many", "idle", "shipping"];
const real = ["real", "real-resume", "real-idle", "real-rotating", "real-leaving"];
const named = process.argv.length > 2 ? process.argv.slice(2) : [...simulated, ...real];
const parts = process.env.REAL === "0" ? named.filter((part) => !real.includes(part)) : named;

const folder = temporaryFolder();
try {
  const pumpReader = join(folder.path, "pump-reader.mjs");
  await bundlePumpReader(pumpReader);
  const replay = { folder: folder.path, pumpReader, lines };
  if (parts.includes("one")) console.log(table(await measureReplay({ ...replay, containers: 1 })));
  if (parts.includes("many")) console.log(table(await measureReplay({ ...replay, containers: 100 })));
  if (parts.includes("idle")) console.log(table(await measureIdle(folder.path, idle)));
  if (parts.includes("shipping")) console.log(table(await measureShipping(folder.path, lines)));
  if (parts.includes("real")) console.log(table(await measureReal(pumpReader, lines)));
  if (parts.includes("real-resume")) console.log(table(await measureRealResume(pumpReader, lines)));
  if (parts.includes("real-idle")) console.log(table(await measureRealIdle(idleReal)));
  if (parts.includes("real-rotating")) console.log(table(await measureRealRotating(folder.path)));
  if (parts.includes("real-leaving")) console.log(table(await measureRealLeaving(join(folder.path, "leaving"))));
} finally {
  folder.remove();
}
