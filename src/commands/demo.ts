import { populate } from "../demo/engine/populate.ts";
import { type SimulatedEngine, startSimulatedEngine } from "../demo/engine/simulated-engine.ts";
import { type OtlpReceiver, startOtlpReceiver } from "../demo/receiver/otlp-receiver.ts";
import { demoPage } from "../demo/screen.ts";
import { VERSION } from "../kit/version.ts";
import { wait } from "../kit/wait.ts";
import { otlpEndpoint } from "../outlets/otlp/otlp-endpoint.ts";
import type { SweepSample } from "../sample/container-sample.ts";
import { DEFAULT_ORIGIN, type LoadedSettings } from "../settings/load.ts";
import type { Settings } from "../settings/schema.ts";
import { createLog, SILENT_LOG } from "../telemetry/log.ts";
import { type Agent, buildAgent } from "./agent.ts";
import { demoDoor } from "./demo-door.ts";
import { demoLogs } from "./demo-logs.ts";
import { engineText } from "./engine-text.ts";
import { readLevelRules, refuse } from "./level-rules.ts";
import { otlpOptions } from "./otlp-options.ts";
import { pushing } from "./pushing.ts";
import { firstSignal } from "./signals.ts";

const DEMO_INTERVAL_MS = 2_000;
const REFRESH_MS = 1_000;

/** The agent with a page of text, and with a simulation of whatever is not there. */
export async function demo(loaded: LoadedSettings): Promise<number> {
  const levels = readLevelRules(loaded);
  if ("problems" in levels) return refuse(levels.problems);
  const asked = firstSignal();
  const terminal = process.stdout.isTTY === true;
  const found = await findEngine(loaded.settings);
  const target = await findReceiver(loaded);
  const settings = { ...found.settings, otlp: { ...found.settings.otlp, ...target.otlp } };
  // On a terminal the page says what happens; its log would break the picture.
  const log = terminal ? SILENT_LOG : createLog({ level: "warn", format: "text" });
  const logs = await demoLogs(settings, levels.rules);
  const agent = buildAgent(settings, log, logs);
  let sweeps: { sweep?: SweepSample; previous?: SweepSample } = {};
  const push = pushing(agent, otlpOptions(settings, agent), ({ sweep }) => {
    sweeps = { sweep, ...(sweeps.sweep !== undefined && { previous: sweeps.sweep }) };
    if (!terminal) process.stdout.write(`${progress().join("\n")}\n`);
  });
  const progress = () => [arrivedText(agent, target.receiver), logs.text(sweeps.sweep)];
  const door = await demoDoor(agent, settings, {
    outlets: [{ name: "otlp", outlet: push }, logs.outlet],
    logsOf: logs.logsOf,
  });
  const head = [...found.lines, ...door.lines, ...target.lines, ...logs.lines];
  const numbers = () => ({ sweep: sweeps.sweep, previous: sweeps.previous });
  const showing = terminal
    ? showPage(() => ({ facts: [...head, ...progress()], ...numbers() }))
    : showLines(head, () => ({ facts: progress(), ...numbers() }));
  agent.inventory.start();
  push.start();
  logs.start(agent);
  await asked;
  showing.stop();
  await Promise.all([push.stop(), logs.stop(), door.close()]);
  agent.inventory.stop();
  agent.engine.close();
  await found.simulated?.close();
  await target.receiver?.close();
  return 0;
}

interface FoundEngine {
  readonly settings: Settings;
  readonly lines: readonly string[];
  readonly simulated?: SimulatedEngine;
}

async function findEngine(settings: Settings): Promise<FoundEngine> {
  const probe = buildAgent(settings, SILENT_LOG);
  try {
    const facts = await probe.engine.connect();
    return { settings, lines: [title(), `engine    ${engineText(facts)}, at ${probe.engine.address}`] };
  } catch (error) {
    const simulated = await startSimulatedEngine();
    populate(simulated);
    const reason = error instanceof Error ? error.message : String(error);
    return {
      simulated,
      settings: { ...settings, engine: { ...settings.engine, address: simulated.address, tls: {} } },
      lines: [title(), "engine    simulated, since no real one answers:", `          ${reason}`],
    };
  } finally {
    probe.engine.close();
  }
}

function title(): string {
  return `Tallyman ${VERSION}: demo (Ctrl-C ends it)`;
}

interface FoundReceiver {
  readonly otlp: Partial<Settings["otlp"]>;
  readonly lines: readonly string[];
  readonly receiver?: OtlpReceiver;
}

async function findReceiver({ settings: { otlp }, origins }: LoadedSettings): Promise<FoundReceiver> {
  const interval = origins.get("otlp.interval") === DEFAULT_ORIGIN ? DEMO_INTERVAL_MS : otlp.interval;
  const common = { enabled: true, interval, timeout: Math.min(otlp.timeout, interval) };
  const every = `every ${interval / 1000} s`;
  if (otlp.endpoint !== undefined) {
    return { otlp: common, lines: [`pushing   ${otlp.protocol} to ${otlpEndpoint(otlp).url}, ${every}`] };
  }
  const receiver = await startOtlpReceiver({ protocols: [otlp.protocol === "grpc" ? "grpc" : "http"] });
  const endpoint = otlp.protocol === "grpc" ? receiver.grpcEndpoint : receiver.httpEndpoint;
  return {
    receiver,
    otlp: { ...common, endpoint, tls: {} },
    lines: [
      `pushing   ${otlp.protocol} to a receiver inside this demo (${endpoint}), ${every};`,
      "          set TALLYMAN_OTLP_ENDPOINT to push to yours",
    ],
  };
}

function arrivedText({ telemetry: { tally } }: Agent, receiver: OtlpReceiver | undefined): string {
  if (receiver !== undefined) {
    const kilobytes = (receiver.receivedBytes / 1000).toFixed(1);
    return `arrived   ${receiver.accepted} requests, ${kilobytes} kB; ${receiver.latest().size} series are live`;
  }
  const ok = tally.value("tallyman_exports_total", "outlet", "otlp", "outcome", "success");
  const failed = tally.value("tallyman_exports_total", "outlet", "otlp", "outcome", "failure");
  return `accepted  ${ok} pushes, ${tally.value("tallyman_points_sent_total", "outlet", "otlp")} points; ${failed} pushes failed`;
}

/** A live page: drawn over itself each second, on the terminal's other screen so that nothing of it stays behind. */
function showPage(view: () => Parameters<typeof demoPage>[0]) {
  const { stdout } = process;
  stdout.write("\x1b[?1049h\x1b[?25l");
  const draw = () => {
    const lines = demoPage(view(), { rows: stdout.rows - 1, columns: stdout.columns });
    stdout.write(`\x1b[H${lines.map((line) => `${line}\x1b[K`).join("\n")}\x1b[J`);
  };
  draw();
  const timer = setInterval(draw, REFRESH_MS);
  return {
    stop() {
      clearInterval(timer);
      stdout.write("\x1b[?25h\x1b[?1049l");
      stdout.write(`${demoPage(view(), { rows: 100, columns: 200 }).join("\n")}\n`);
    },
  };
}

/** Plain lines for a pipe or a log file: what is watched, a line for each push, and once there are numbers, the containers. */
function showLines(head: readonly string[], view: () => Parameters<typeof demoPage>[0]) {
  const stopped = new AbortController();
  process.stdout.write(`${head.join("\n")}\n`);
  void (async () => {
    while (view().previous === undefined && !stopped.signal.aborted) await wait(100, stopped.signal);
    process.stdout.write(`\n${demoPage(view(), { rows: 100, columns: 200 }).join("\n")}\n\n`);
  })();
  return { stop: () => stopped.abort() };
}
