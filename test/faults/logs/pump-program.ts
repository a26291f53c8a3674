import { existsSync } from "node:fs";
import { createEngine } from "../../../src/engine/create-engine.ts";
import { createInventory } from "../../../src/inventory/create-inventory.ts";
import { createBackoff } from "../../../src/kit/backoff.ts";
import { openLogFolder } from "../../../src/logs/files/log-folder.ts";
import { followSource, openEndOfLog, openNewLog } from "../../../src/logs/pump/follow-source.ts";
import { createLogPump } from "../../../src/logs/pump/log-pump.ts";
import { createTally } from "../../../src/telemetry/tally.ts";
import type { Telemetry } from "../../../src/telemetry/telemetry.ts";
import { disturbedDisk } from "../../logs/files/support/disks.ts";
import { fullWhile } from "./full-disk.ts";

/** What the program is given as JSON. */
export interface PumpProgramOptions {
  readonly address: string;
  readonly dir: string;
  /** While there is a file of this path, the disk has no room. */
  readonly fullMark: string;
  readonly maxFileBytes: number;
  readonly maxLineBytes: number;
}

/** The pump alone, to be killed: it says "pumping", and what its log does. SIGTERM ends it in good order. */
async function pumpLogs({ address, dir, fullMark, maxFileBytes, maxLineBytes }: PumpProgramOptions): Promise<void> {
  const say = (message: string, fields = {}) => console.log(message, JSON.stringify(fields));
  // What is said once aloud is said at debug from then on.
  const log = { error: say, warn: say, info() {}, debug: say };
  const telemetry: Telemetry = { log, tally: createTally({ startedAtMs: Date.now() }) };
  const quickly = () => createBackoff({ firstMs: 10, maxMs: 100 });
  const all = { names: [], images: [], labels: [] };
  const engine = createEngine({ address }, telemetry);
  const inventory = createInventory({
    engine,
    options: { include: all, exclude: all },
    telemetry,
    backoff: quickly(),
  });
  const folder = await openLogFolder({
    dir,
    format: "cri",
    maxFileBytes,
    maxFiles: 10_000,
    compress: false,
    fileMode: 0o640,
    folderMode: 0o750,
    telemetry,
    retry: { firstMs: 10, maxMs: 100 },
    disk: disturbedDisk(fullWhile(() => existsSync(fullMark))),
  });
  const pump = createLogPump({
    inventory,
    folder,
    follow: followSource({ engine, telemetry, maxLineBytes, backoff: quickly, searchPatienceMs: 500 }),
    open: openNewLog(engine),
    openEnd: openEndOfLog(engine),
    counts: { listen: () => () => {}, keepOnly() {} },
    telemetry,
    options: { include: all, exclude: all, isOwn: () => false },
  });
  inventory.start();
  pump.start();
  console.log("pumping");
  process.once("SIGTERM", async () => {
    await pump.stop();
    inventory.stop();
    engine.close();
    process.exit(0);
  });
}

if (import.meta.main) await pumpLogs(JSON.parse(process.argv[2] as string));
