/**
 * What reading the level of a line costs, on the lines of the tests' table and on plain kinds, as ratios to a bare scan
 * of the same bytes for a newline in JavaScript: node bench/levels.ts
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLevelReader } from "../src/logs/levels/level-reader.ts";
import { parseLevelRules } from "../src/logs/levels/parse-level-rules.ts";
import { levelLines } from "../test/logs/levels/level-lines.ts";

const LINES_A_ROUND = 200_000;
const WARM_UPS = 2;
const ROUNDS = 6;

const plain = "the quick brown fox jumps over the lazy dog, and does so again and again until the hundred are full";
const json = `{"level":"info","time":1795237200123,"pid":1,"hostname":"a1b2c3","msg":"request completed in 12 ms"}`;
const mapping = readFileSync(join(import.meta.dirname, "../test/fixtures/logs/levels-mapping.json"), "utf8");
const parsed = parseLevelRules(mapping, "levels-mapping.json");
if ("problems" in parsed) throw new Error(parsed.problems.join());
const byForm = createLevelReader()({ name: "web" });
const byMapping = createLevelReader(parsed.rules)({ name: "web" });
const subjects = [
  { name: "the tests' table", lines: levelLines().map(({ text }) => Buffer.from(text)) },
  { name: "no level, 100 bytes", lines: [Buffer.from(plain)] },
  { name: "JSON, 100 bytes", lines: [Buffer.from(json)] },
  { name: "no level, 16 KiB", lines: [Buffer.alloc(16_384, "lorem ipsum ")] },
  { name: "table, by a mapping", lines: levelLines().map(({ text }) => Buffer.from(text)), levelOf: byMapping },
];

for (const { name, lines, levelOf = byForm } of subjects) {
  const scanNs = nanosecondsALine(lines, (line) => newlineIn(line, Math.min(line.length, 256)));
  const levelNs = nanosecondsALine(lines, (line) => (levelOf(line, "stdout") === "error" ? 1 : 0));
  const ratio = (levelNs / scanNs).toFixed(1);
  console.log(
    `${name.padEnd(20)} ${levelNs.toFixed(0).padStart(5)} ns a line, ${ratio} times a scan of its first 256 bytes (${scanNs.toFixed(0)} ns)`,
  );
}

function newlineIn(line: Buffer, end: number): number {
  for (let i = 0; i < end; i++) if (line[i] === 0x0a) return i;
  return -1;
}

/** Of the fastest round. */
function nanosecondsALine(lines: readonly Buffer[], read: (line: Buffer) => number): number {
  let best = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let round = 0; round < WARM_UPS + ROUNDS; round++) {
    const { user, system } = process.cpuUsage();
    for (let i = 0; i < LINES_A_ROUND; i++) sum += read(lines[i % lines.length] as Buffer);
    const after = process.cpuUsage();
    if (round >= WARM_UPS) best = Math.min(best, after.user - user + after.system - system);
  }
  if (Number.isNaN(sum)) throw new Error("the work was done for nothing");
  return (best * 1000) / LINES_A_ROUND;
}
