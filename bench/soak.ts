// A thousand churning containers, hours of the engine's time in minutes: the agent's memory and handles have to stay flat.
// SOAK_SECONDS=600 takes longer than the two minutes of the default.
import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { residentBytes } from "../test/agent/harness/memory.ts";
import { startStage } from "../test/agent/harness/stage.ts";
import { oneOf, seeded } from "../test/faults/seeded.ts";

const seconds = Number(process.env.SOAK_SECONDS ?? 120);
/** The engine's clock against ours. */
const SPEED = 120;
const CONTAINERS = 1_000;
const ALLOWED_GROWTH = 1.25;

interface Reading {
  readonly simulatedHours: number;
  readonly residentMiB: number;
  readonly handles: number;
  readonly accepted: number;
  readonly changes: number;
}

const beganAtMs = Date.now();
const clock = () => beganAtMs + (Date.now() - beganAtMs) * SPEED;
const stage = await startStage({ engine: { clock }, receiver: { decode: false } });
const { containers } = stage.engine;
for (let i = 0; i < CONTAINERS; i++) containers.run({ startedAgoMs: 3_600_000 });
// A small heap, so that garbage which V8 is in no hurry to collect is not taken for growth.
const NODE_OPTIONS = "--max-old-space-size=192";
const agent = stage.start({ TALLYMAN_OTLP_INTERVAL: "2s", TALLYMAN_OTLP_TIMEOUT: "2s", NODE_OPTIONS });
const random = seeded(20_261_121);
const readings: Reading[] = [];
let changes = 0;

for (let second = 1; second <= seconds && agent.ended === undefined; second++) {
  for (let i = 0; i < 10; i++) {
    for (let j = 0; j < 5; j++) change();
    await pause(100);
  }
  if (second % Math.ceil(seconds / 12) === 0) readings.push(reading());
}
console.table(readings);
await agent.end("SIGTERM", 5_000);
await stage.close();

// The first half is for the heap to find its size.
const [settled, last] = [readings[Math.floor(readings.length / 2)], readings.at(-1)];
const isFlat =
  settled && last && last.residentMiB < settled.residentMiB * ALLOWED_GROWTH && last.handles < settled.handles + 20;
console.log(isFlat ? "flat" : "NOT flat, or the agent ended");
process.exitCode = isFlat ? 0 : 1;

function reading(): Reading {
  return {
    simulatedHours: Math.round((clock() - beganAtMs) / 36_000) / 100,
    residentMiB: Math.round(residentBytes(agent.pid) / 2 ** 20),
    handles: readdirSync(`/proc/${agent.pid}/fd`).length,
    accepted: stage.receiver.accepted,
    changes,
  };
}

/** A container goes and another comes, restarts, or has another name. */
function change() {
  const { id } = oneOf(containers.all(), random);
  const deed = random();
  changes++;
  if (deed < 0.5) {
    containers.remove(id);
    containers.run();
  } else if (deed < 0.75) containers.restart(id);
  else containers.rename(id, `renamed-${changes}`);
}
