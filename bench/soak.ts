/**
 * A thousand churning containers, hours of the agent's own time in minutes, with engine, event stream and receiver
 * failing now and then: what the agent holds has to stay flat. `npm run soak`; ends with 1 where it does not.
 * It reads /proc, so it runs on Linux only.
 * SOAK_SECONDS, SOAK_CONTAINERS, SOAK_CHANGES and SOAK_TROUBLES (a second), SOAK_SPEED (its time against ours) and TALLYMAN_… say otherwise.
 */
import { setTimeout as pause } from "node:timers/promises";
import { live } from "../test/agent/harness/series.ts";
import { startStage } from "../test/agent/harness/stage.ts";
import { oneOf, seeded } from "../test/support/seeded.ts";
import { createChurn } from "./soak/churn.ts";
import { lapseClock } from "./soak/lapse-clock.ts";
import { printHead, printReading, printTrends } from "./soak/report.ts";
import { troublesOf } from "./soak/troubles.ts";
import { type Held, startWatched } from "./soak/watched-agent.ts";

const SECONDS = knob("SOAK_SECONDS", 600);
const CONTAINERS = knob("SOAK_CONTAINERS", 1_000);
const CHANGES_PER_SECOND = knob("SOAK_CHANGES", 50);
const SPEED = knob("SOAK_SPEED", 20);
const INTERVAL = process.env.TALLYMAN_OTLP_INTERVAL ?? "60s";
const TROUBLES_PER_SECOND = knob("SOAK_TROUBLES", 0.1);
const READINGS = 30;
const TICK_MS = 50;
/** Requests without the agent's own metrics are only counted, to leave the CPU alone. */
const OWN_METRIC = "tallyman_sweep_duration_seconds";

let readsAll = false;
const beganAtMs = Date.now();
const stage = await startStage({
  engine: { clock: lapseClock({ beganAtMs, speed: SPEED }) },
  receiver: {
    protocols: [process.env.TALLYMAN_OTLP_PROTOCOL === "grpc" ? "grpc" : "http"],
    decode: (body) => readsAll || body.includes(OWN_METRIC),
    keptRequests: 200,
  },
});
const random = seeded(20_261_121);
const churn = createChurn(stage.engine.containers, random);
const troubles = troublesOf(stage);
for (let i = 0; i < CONTAINERS; i++) churn.add(3_600_000);
const agent = startWatched(stage, {
  SOAK_SPEED: String(SPEED),
  SOAK_BEGAN_MS: String(beganAtMs),
  // The defaults but for the limits that a thousandfold list can't keep in a time that runs so fast.
  TALLYMAN_OTLP_INTERVAL: INTERVAL,
  TALLYMAN_OTLP_TIMEOUT: INTERVAL,
  TALLYMAN_ENGINE_REQUEST_TIMEOUT: "10m",
  TALLYMAN_ENGINE_STATS_TIMEOUT: "10m",
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("TALLYMAN_"))),
});
const held: Held[] = [];
await agent.process.ready(() => stage.receiver.accepted > 0, 60_000);

const startedAt = performance.now();
printHead();
for (let done = 0; secondsGone() < SECONDS && agent.process.ended === undefined; await pause(TICK_MS)) {
  for (; done < secondsGone() * CHANGES_PER_SECOND; done++) churn.change();
  if (random() < (TROUBLES_PER_SECOND * TICK_MS) / 1000) await oneOf(troubles, random)();
  if (secondsGone() * READINGS >= (held.length + 1) * SECONDS) await read();
}
const survived = agent.process.ended === undefined;
if (survived) await printTotals();
else console.log(agent.process.stderr.slice(-20).join("\n"));
const isFlat = printTrends(held) && survived;
await agent.end();
await stage.close();
console.log(isFlat ? "flat" : "NOT flat");
process.exitCode = isFlat ? 0 : 1;

async function read() {
  const now = await agent.held();
  held.push(now);
  const { accepted: requests } = stage.receiver;
  const { removed } = churn.counts;
  printReading({ simulatedHours: simulatedHours(), sweeps: own("tallyman_sweeps_total"), requests, removed }, now);
}

async function printTotals() {
  const [seconds, hours] = [Math.round(secondsGone()), simulatedHours().toFixed(2)];
  const { created, removed, changes } = churn.counts;
  const { accepted, attempts } = stage.receiver;
  const alive = await seriesAlive();
  const ended = own("tallyman_ended_series_total");
  const givenUp = own("tallyman_forgotten_series_total");
  console.log(`
${seconds} s, in which the agent lived ${hours} h with ${CONTAINERS} containers
${own("tallyman_sweeps_total")} sweeps; ${accepted} requests accepted of ${attempts}, with ${own("tallyman_points_sent_total")} points
${changes} changes: ${created} containers created, ${removed} removed; ${stage.engine.eventStreams.told} events
${ended + givenUp + alive} series began, ${ended} were told to have ended, ${givenUp} were given up, ${alive} are alive
`);
}

/** Reads two whole pushes, when nothing changes any more. */
async function seriesAlive(): Promise<number> {
  readsAll = true;
  const sinceMs = Date.now();
  const sweeps = own("tallyman_sweeps_total") + 2;
  await stage.receiver.waitFor(() => own("tallyman_sweeps_total") > sweeps, 60_000);
  return live({ requests: stage.receiver.requests.filter(({ atMs }) => atMs >= sinceMs) }).length;
}

/** What the agent counted, over all labels. */
function own(name: string): number {
  return live(stage.receiver, name).reduce((sum, { value = 0 }) => sum + value, 0);
}

function secondsGone(): number {
  return (performance.now() - startedAt) / 1000;
}

function simulatedHours(): number {
  return (secondsGone() * SPEED) / 3600;
}

function knob(name: string, otherwise: number): number {
  return Number(process.env[name] ?? otherwise);
}
