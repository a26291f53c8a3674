import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DockerEngine } from "../../test/e2e/harness/docker-engine.ts";
import { keptLines } from "../../test/faults/logs/kept-lines.ts";
import { eventually } from "../../test/support/eventually.ts";
import { cpuMs } from "../process-usage.ts";
import { engineCpu, engineProcesses } from "../real/engine-processes.ts";
import type { Row } from "../real/table.ts";
import { startAgentProcess } from "./agent-process.ts";
import { withRealEngine } from "./real-engine.ts";

/** json-file's options, of how many lines a burst is, and how many of a hundred turns a tenth of a second apart are. */
const LOGS = [
  { maxSize: "10k", maxFiles: 2, burstLines: 20_000, steadyLines: 1 },
  { maxSize: "100k", maxFiles: 3, burstLines: 100_000, steadyLines: 1 },
  { maxSize: "10k", maxFiles: 1, burstLines: 1_500, steadyLines: 1 },
  { maxSize: "10k", maxFiles: 1, burstLines: 0, steadyLines: 15 },
  { maxSize: "100k", maxFiles: 1, burstLines: 1_500, steadyLines: 1 },
  { maxSize: "100k", maxFiles: 1, burstLines: 0, steadyLines: 15 },
] as const;
const STEADY_TURNS = 100;
const IDLE_MS = 8_000;
const WITHIN_MS = 60_000;
const QUIET_MS = 2_000;
/** A follow that stopped at a rotation (20.10.24) is given up for another by then, after a second or as long as it was idle. */
const STAND_MS = 10_000;
const GONE = /were gone (again )?before they could be read/;

/** One that reads a container's log: what it has of it, and its process. */
interface Reader {
  /** Of a process that ended, as it was when it was last asked for. */
  cpuMs(): number | undefined;
  lines(): readonly string[];
  /** How often it said that lines are gone; of one that never does, nothing. */
  gaps(): number | undefined;
  /** How long what it has of the steady lines is waited for. */
  readonly patienceMs: number;
  end(): Promise<void>;
}

interface Stage {
  readonly engine: DockerEngine;
  /** Fresh for each reader; the container has it at /stage. */
  readonly folder: string;
}

const READERS: Readonly<Record<string, (stage: Stage, container: string) => Promise<Reader>>> = {
  nobody: async () => ({
    cpuMs: () => undefined,
    lines: () => [],
    gaps: () => undefined,
    patienceMs: 0,
    end: async () => {},
  }),
  "docker logs -f": startDockerLogs,
  Tallyman: startTallyman,
};

/**
 * What an engine pays for a reader of logs whose files are soon full: of a burst, of silence, of some lines ten times a
 * second. `ROTATING` is of which rows, as an expression.
 */
export function measureRealRotating(folder: string): Promise<Row[]> {
  return withRealEngine(async (engine, version) => {
    const rows: Row[] = [];
    const chosen = new RegExp(process.env.ROTATING ?? "");
    for (const log of LOGS) {
      for (const [reader, start] of Object.entries(READERS)) {
        const name = `${log.maxSize} x ${log.maxFiles}, ${log.burstLines} + ${log.steadyLines * STEADY_TURNS}: ${reader}`;
        if (!chosen.test(name)) continue;
        const own = join(folder, `rotating-${rows.length}`);
        mkdirSync(own);
        const row = await measure({ engine, folder: own }, log, start);
        rows.push({ [`engine ${version}`]: name, ...row });
      }
    }
    return rows;
  });
}

async function measure(stage: Stage, log: (typeof LOGS)[number], start: (typeof READERS)[string]): Promise<Row> {
  const { engine, folder } = stage;
  const { burstLines, steadyLines, maxSize, maxFiles } = log;
  const rotating = ["--log-driver=json-file", `--log-opt=max-size=${maxSize}`, `--log-opt=max-file=${maxFiles}`];
  const program = ["sh", "-c", PROGRAM, "sh", String(burstLines), String(steadyLines)];
  const container = await engine.docker("run", "-d", ...rotating, "-v", `${folder}:/stage`, "bb", ...program);
  const reader = await start(stage, container);
  const processes = engineProcesses(dirname(engine.socketPath));
  const told = (name: string) => eventually(() => existsSync(join(folder, name)), { withinMs: WITHIN_MS, everyMs: 20 });

  function had(kind: "b" | "s") {
    const lines = reader.lines().filter((line) => line.startsWith(kind) && line !== "begun");
    const once = new Set(lines).size;
    return { once, again: lines.length - once };
  }

  async function spent(work: () => Promise<unknown>) {
    const engineBeforeMs = engineCpu(processes).daemonsMs;
    const readerBeforeMs = reader.cpuMs() ?? 0;
    const beganAtMs = performance.now();
    await work();
    return {
      engineMs: engineCpu(processes).daemonsMs - engineBeforeMs,
      readerMs: (reader.cpuMs() ?? 0) - readerBeforeMs,
      seconds: (performance.now() - beganAtMs) / 1000,
    };
  }

  const burst = await spent(async () => {
    writeFileSync(join(folder, "go"), "");
    await told("printed");
    await untilQuiet(() => had("b").once);
  });
  const ofBurst = had("b");
  const gapsOfBurst = reader.gaps();
  const idle = await spent(() => pause(IDLE_MS));
  const steady = await spent(async () => {
    writeFileSync(join(folder, "steady"), "");
    await told("ended");
  });
  const printed = steadyLines * STEADY_TURNS;
  const atOnce = had("s").once;
  await eventually(() => had("s").once === printed, { withinMs: reader.patienceMs, everyMs: 500 }).catch(() => {});
  const ofSteady = had("s");
  const gaps = reader.gaps();
  const ofReader = {
    "burst: lack": burstLines - ofBurst.once,
    twice: ofBurst.again,
    gaps: gapsOfBurst,
    "burst: reader CPU s": burst.readerMs / 1000,
    "idle: reader ms/s": idle.readerMs / idle.seconds,
    "steady: reader ms/s": steady.readerMs / steady.seconds,
    "steady: lack at once": printed - atOnce,
    "lack later": printed - ofSteady.once,
    "twice later": ofSteady.again,
    "gaps later": gaps === undefined ? undefined : gaps - (gapsOfBurst ?? 0),
  };
  const isThere = reader.cpuMs() !== undefined;
  await reader.end();
  await engine.docker("rm", "-f", container);
  return {
    "burst: engine CPU s": burst.engineMs / 1000,
    "idle: engine ms/s": idle.engineMs / idle.seconds,
    "steady: engine ms/s": steady.engineMs / steady.seconds,
    ...(isThere && ofReader),
  };
}

/** Lines of 98 bytes, 171 in the driver's file. */
const PROGRAM = `
text=$(printf '%090d' 0)
echo begun
until [ -e /stage/go ]; do sleep 0.1; done
awk -v n="$1" -v text="$text" 'BEGIN { for (i = 1; i <= n; i++) print "b" i " " text }'
touch /stage/printed
until [ -e /stage/steady ]; do sleep 0.5; done
i=0
until [ $i -ge $((100 * $2)) ]; do i=$((i + 1)); echo "s$i $text"; [ $((i % $2)) -gt 0 ] || sleep 0.1; done
touch /stage/ended
exec sleep 1000000`;

async function untilQuiet(count: () => number) {
  for (let before = -1, now = count(); before !== now; before = now, now = count()) await pause(QUIET_MS);
}

async function startDockerLogs({ engine, folder }: Stage, container: string): Promise<Reader> {
  const path = join(folder, "docker-logs");
  const file = openSync(path, "w");
  const child = spawn("docker", ["-H", engine.address, "logs", "-f", container], {
    stdio: ["ignore", file, "inherit"],
  });
  closeSync(file);
  const lines = () => readFileSync(path, "latin1").split("\n");
  await eventually(() => lines()[0] === "begun", { withinMs: WITHIN_MS });
  return {
    cpuMs: cpuOf(child.pid ?? -1),
    lines,
    gaps: () => undefined,
    patienceMs: QUIET_MS,
    async end() {
      child.kill("SIGKILL");
    },
  };
}

async function startTallyman({ engine, folder }: Stage, container: string): Promise<Reader> {
  const logs = join(folder, "logs");
  const env = { TALLYMAN_OTLP_ENABLED: "false", TALLYMAN_LOGS_DIR: logs, TALLYMAN_LOG_LEVEL: "debug" };
  const agent = startAgentProcess(engine.address, env);
  const lines = () => (existsSync(logs) ? keptLines(logs, container).stdout : []);
  await eventually(() => lines()[0] === "begun", { withinMs: WITHIN_MS });
  return {
    cpuMs: cpuOf(agent.pid),
    lines,
    gaps: () => [...agent.stdout, ...agent.stderr].filter((line) => GONE.test(line)).length,
    patienceMs: STAND_MS,
    async end() {
      await agent.end("SIGTERM", 10_000);
    },
  };
}

/** `docker logs -f` ends by itself when the engine gives it up. */
function cpuOf(pid: number): () => number {
  let lastMs = 0;
  return () => {
    try {
      lastMs = cpuMs(pid);
    } catch {}
    return lastMs;
  };
}
