// Writes the numbered lines of a seed from where the files end, as a resumed stream would give them, until it is killed.

import { openLogFolder } from "../../../../src/logs/files/log-folder.ts";
import { SILENT_LOG } from "../../../../src/telemetry/log.ts";
import { createTally } from "../../../../src/telemetry/tally.ts";
import { numberedLog } from "./numbered-log.ts";
import { linesAfter } from "./resume.ts";
import { defaults, ID } from "./scene.ts";

const { dir, seed, lineCount, ...options } = JSON.parse(process.argv[2] as string);
const telemetry = { log: SILENT_LOG, tally: createTally({ startedAtMs: 0 }) };
const folder = await openLogFolder({ ...defaults(dir), ...options, telemetry });
const files = await folder.files({ id: ID, name: "web" });
const lines = linesAfter(numberedLog(seed, lineCount), files.position);
console.log("writing");
for (let at = 0, batch = 1; at < lines.length; at += batch) {
  batch = 1 + ((at * 7 + seed) % 23);
  await files.write(lines.slice(at, at + batch));
}
await folder.compressed();
await folder.close();
console.log("done");
