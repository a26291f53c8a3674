// Opens the folder that it is given, says so, and holds it until it is killed.
import { openLogFolder } from "../../../../src/logs/files/log-folder.ts";
import { SILENT_LOG } from "../../../../src/telemetry/log.ts";
import { createTally } from "../../../../src/telemetry/tally.ts";
import { defaults } from "./scene.ts";

const telemetry = { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) };
await openLogFolder({ ...defaults(process.argv[2] as string), telemetry });
console.log("held");
setInterval(() => {}, 60_000);
