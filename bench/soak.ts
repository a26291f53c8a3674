/**
 * A thousand churning containers, hours of the agent's own time in minutes, with engine, event stream and receiver
 * failing now and then: what the agent holds has to stay flat. `npm run soak`; ends with 1 where it does not.
 * SOAK_SECONDS, SOAK_CONTAINERS, SOAK_CHANGES (a second), SOAK_SPEED (its time against ours) and TALLYMAN_… say otherwise.
 */
import { setTimeout as pause } from "node:timers/promises";
import { live } from "../test/agent/harness/series.ts";
import { startStage } from "../test/agent/harness/stage.ts";
import { oneOf, seeded } from "../test/faults/seeded.ts";
import { createChurn } from "./soak/churn.ts";
import { lapseClock } from "./soak/lapse-clock.ts";
import { trendOf } from "./soak/trend.ts";
import { troublesOf } from "./soak/troubles.ts";
import { type Held, startWatched } from "./soak/watched-agent.ts";

const SECONDS = knob("SOAK_SECONDS", 600);
const CONTAINERS = knob("SOAK_CONTAINERS", 1_000);
const CHANGES_PER_SECOND = knob("SOAK_CHANGES", 50);
const SPEED = knob("SOAK_SPEED", 20);
const READINGS = 30;
const TICK_MS = 50;
const TROUBLES_PER_SECOND = 0.1;
/** The agent's own metrics come in a small request; the rest is only counted, to leave the CPU alone. */
const OWN_METRICS_MAX_BYTES = 32_768;

/** What a measure may rise by in the latter half: a share of its level, or what of it comes and goes with the work. */
const ALLOWED_RISE: Readonly<Partial<Record<keyof Held, { share: number; slack?: number }>>> = {
  heapBytes: { share: 0.05 },
  externalBytes: { share: 0.05 },
  peakResidentBytes: { share: 0.05 },
  resources: { share: 0.05, slack: 8 },
  // Connections to engine and receiver, which node closes some seconds after their last use.
  descriptors: { share: 0.05, slack: 8 },
  threads: { share: 0.05 },
};

const beganAtMs = Date.now();
const stage = await startStage({
  engine: { clock: lapseClock({ beganAtMs, speed: SPEED }) },
  receiver: {
    protocols: [process.env.TALLYMAN_OTLP_PROTOCOL === "grpc" ? "grpc" : "http"],
    decode: (body) => body.length <= OWN_METRICS_MAX_BYTES,
    keptRequests: 20,
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
  TALLYMAN_OTLP_INTERVAL: "60s",
  TALLYMAN_OTLP_TIMEOUT: "60s",
  TALLYMAN_ENGINE_REQUEST_TIMEOUT: "10m",
  TALLYMAN_ENGINE_STATS_TIMEOUT: "10m",
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith("TALLYMAN_"))),
});
const held: Held[] = [];
await stage.receiver.waitFor(() => stage.receiver.accepted > 0, 60_000);

const startedAt = performance.now();
print([
  "simulated h",
  "sweeps",
  "requests",
  "removed",
  "heap MiB",
  "external",
  "RSS peak",
  "resources",
  "fds",
  "threads",
]);
for (let done = 0; secondsGone() < SECONDS && agent.process.ended === undefined; await pause(TICK_MS)) {
  for (; done < secondsGone() * CHANGES_PER_SECOND; done++) churn.change();
  if (random() < (TROUBLES_PER_SECOND * TICK_MS) / 1000) await oneOf(troubles, random)();
  if (secondsGone() * READINGS >= (held.length + 1) * SECONDS) await read();
}
const survived = agent.process.ended === undefined;
if (!survived) console.log(agent.process.stderr.slice(-20).join("\n"));
printTotals();
const isFlat = printTrends();
await agent.end();
await stage.close();
console.log(survived && isFlat ? "flat" : "NOT flat");
process.exitCode = survived && isFlat ? 0 : 1;

async function read() {
  const now = await agent.held();
  held.push(now);
  const mib = [now.heapBytes, now.externalBytes, now.peakResidentBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  const open = [now.resources, now.descriptors, now.threads];
  print([
    simulatedHours(),
    own("tallyman_sweeps_total"),
    stage.receiver.accepted,
    churn.counts.removed,
    ...mib,
    ...open,
  ]);
}

function printTotals() {
  const { created, removed, changes } = churn.counts;
  const ended = own("tallyman_ended_series_total");
  const perPush = own("tallyman_points_sent_total");
  console.log(`
${Math.round(secondsGone())} s, in which the agent lived ${simulatedHours()} h with ${CONTAINERS} containers
${own("tallyman_sweeps_total")} sweeps, ${stage.receiver.accepted} requests with ${perPush} points accepted, ${stage.receiver.attempts} sent
${changes} changes: ${created} containers created, ${removed} removed; ${stage.engine.eventStreams.told} events
${ended} series told to have ended, ${own("tallyman_forgotten_series_total")} given up; engine found again ${own("tallyman_engine_reconnects_total")} times
`);
}

function printTrends(): boolean {
  const verdicts = Object.entries(ALLOWED_RISE).map(([name, { share, slack = 0 }]) => {
    const { level, rise } = trendOf(held.map((one) => one[name as keyof Held]));
    const isFlat = rise * level <= Math.max(share * level, slack);
    const told = `${name.padEnd(18)} ${Math.round(level)}, ${(rise * 100).toFixed(2)} % up in the latter half`;
    console.log(`${told} (at most ${share * 100} %${slack > 0 ? `, or ${slack}` : ""})${isFlat ? "" : ": TOO MUCH"}`);
    return isFlat;
  });
  return held.length >= READINGS / 2 && verdicts.every(Boolean);
}

/** What the agent counted, over all labels. */
function own(name: string): number {
  return live(stage.receiver, name).reduce((sum, { value = 0 }) => sum + value, 0);
}

function secondsGone(): number {
  return (performance.now() - startedAt) / 1000;
}

function simulatedHours(): string {
  return ((secondsGone() * SPEED) / 3600).toFixed(2);
}

function print(cells: readonly (string | number)[]) {
  console.log(cells.map((cell) => String(cell).padStart(11)).join(" "));
}

function knob(name: string, otherwise: number): number {
  return Number(process.env[name] ?? otherwise);
}
