import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { keptLines } from "../faults/logs/kept-lines.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { type Agent, startAgent } from "./harness/agent.ts";
import { component } from "./harness/components.ts";
import { type DockerEngine, startDockerEngine } from "./harness/docker-engine.ts";
import { engineLog } from "./harness/engine-log.ts";
import { mountSmallDisk, type SmallDisk } from "./harness/small-disk.ts";
import { startTcpRelay, type TcpRelay } from "./harness/tcp-relay.ts";
import { temporaryFolder } from "./harness/temporary-folder.ts";

/** Of each engine; more by TALLYMAN_E2E_LOG_SEEDS. */
const SEEDS = Number(process.env.TALLYMAN_E2E_LOG_SEEDS ?? 10);
const STEPS = 10;
const DISK_MIB = 32;

/** Numbered lines on both streams, some empty, long, no text, or written in two goes; it begins anew in each run. */
const PRINTER = `
run=$(($(cat /number 2>/dev/null || echo 0) + 1)); echo $run >/number
i=0
while :; do
  i=$((i + 1))
  echo "out $run $i"
  case $((i % 50)) in
    7) echo ;;
    13 | 14 | 15) echo "err $run $i" >&2 ;;
    21) printf "half $run $i "; sleep 0.02; echo rest ;;
    33) printf '\\001\\033[31m \\377\\000 bytes\\r\\n' ;;
  esac
  if [ $((i % 500)) = 499 ]; then head -c 40000 /dev/zero | tr '\\000' x; echo " long $run $i"; fi
  if [ $((i % 40)) = 0 ]; then sleep 0.05; fi
done`;

for (const [name, binaries] of [
  ["the machine's engine", undefined],
  ["the newest engine", "ENGINE_SID"],
] as const) {
  describe(`on ${name}, whatever is killed, cut, full or restarted`, () => {
    let engine: DockerEngine;
    before(async () => {
      engine = await startDockerEngine(binaries ? { binaries: component(binaries) } : {});
    });
    after(() => engine.end());

    for (let seed = 1; seed <= SEEDS; seed++) {
      test(`the files hold each line of the engine's once, seed ${seed}`, async (t) => {
        t.diagnostic(await torture(engine, seed));
      });
    }

    test("of a container that lasts a moment all is kept, or it is counted as missed", async (t) => {
      const { kept, missed } = await shortLives(engine);
      t.diagnostic(`${kept} kept, ${missed} missed`);
      // The request for its log has to be answered before the engine removes it.
      assert.ok(kept > 0);
    });
  });
}

const SHORT_LIVES = 20;
/** An engine at load may take a request that came in time so late that it answers with nothing: nobody can tell. */
const UNTOLD = 2;

async function shortLives(engine: DockerEngine): Promise<{ kept: number; missed: number }> {
  const { path: dir, remove } = temporaryFolder();
  const agent = startAgent({
    TALLYMAN_ENGINE_ADDRESS: engine.address,
    TALLYMAN_OTLP_ENABLED: "false",
    TALLYMAN_LOGS_DIR: dir,
    TALLYMAN_LOG_LEVEL: "debug",
  });
  const keptOf = (id: string) => keptLines(dir, id).stdout.length;
  const lines = "for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; done";
  const run = (...args: string[]) => engine.docker("run", "-d", ...args, "bb", "sh", "-c", lines);
  try {
    await agent.logged(({ message }) => message === "Event stream opened", 30_000);
    // By then it has looked which containers there are.
    for (let count = 0; count < 2; count++) {
      const id = await run();
      await eventuallyPasses(() => assert.equal(keptOf(id), 10), { withinMs: 30_000 });
    }
    const ids: string[] = [];
    for (let count = 0; count < SHORT_LIVES; count++) ids.push(await run("--rm"));
    return await eventuallyPasses(
      async () => {
        const there = await engine.docker("ps", "-aq", "--no-trunc");
        assert.ok(!ids.some((id) => there.includes(id)), "some are not removed yet");
        const kept = ids.filter((id) => keptOf(id) === 10).length;
        const missed = agent.log().filter(({ message }) => MISSED.test(message)).length;
        const lacks = ids.filter((id) => keptOf(id) !== 10);
        const said = agent.log().filter((line) => lacks.some((id) => JSON.stringify(line).includes(id)));
        const seen = `${lacks.map((id) => `${id}: ${keptOf(id)} lines`)} ${JSON.stringify(said)}`;
        assert.ok(kept + missed >= SHORT_LIVES - UNTOLD, `${kept} kept, ${missed} missed; ${seen}`);
        return { kept, missed };
      },
      { withinMs: 60_000, everyMs: 250 },
    );
  } finally {
    await agent.end();
    remove();
  }
}

/** Of the first one aloud. */
const MISSED = /^Container was removed (again )?before its log could be read$/;

interface Scene {
  readonly engine: DockerEngine;
  readonly relay: TcpRelay;
  readonly disk: SmallDisk;
  /** The container that it befalls. */
  readonly container: string;
  readonly step: number;
  restartAgent(): Promise<void>;
}

const MISHAPS: readonly ((scene: Scene) => unknown)[] = [
  function killed({ restartAgent }) {
    return restartAgent();
  },
  async function engineCrashed({ engine }) {
    await engine.crash();
    await engine.start();
  },
  function restarted({ engine, container }) {
    return engine.docker("restart", "-t", "0", container);
  },
  async function stopped({ engine, container }) {
    await engine.docker("stop", "-t", "0", container);
    await engine.docker("start", container);
  },
  function renamed({ engine, container, step }) {
    return engine.docker("rename", container, `renamed-${step}`);
  },
  function cut({ relay }) {
    relay.cut();
  },
  function diskFull({ disk }) {
    disk.fill();
  },
  function diskFreed({ disk }) {
    disk.free();
  },
];

async function torture(engine: DockerEngine, seed: number): Promise<string> {
  const random = seeded(seed);
  const disk = mountSmallDisk(DISK_MIB);
  const relay = await startTcpRelay(engine.socketPath);
  const start = () =>
    startAgent({
      TALLYMAN_ENGINE_ADDRESS: `tcp://127.0.0.1:${relay.port}`,
      TALLYMAN_OTLP_ENABLED: "false",
      TALLYMAN_LOGS_DIR: disk.path,
      TALLYMAN_LOGS_MAX_FILE_SIZE: "128KiB",
      TALLYMAN_LOGS_MAX_FILES: "10000",
    });
  let agent: Agent = start();
  const containers: string[] = [];
  const befell: string[] = [];
  try {
    for (const driver of ["json-file", "local", "json-file"]) {
      containers.push(await engine.docker("run", "-d", `--log-driver=${driver}`, "bb", "sh", "-c", PRINTER));
    }
    for (let step = 0; step < STEPS; step++) {
      // The moment is what is random here; whatever it meets must be right.
      await wait(random() * 600);
      const mishap = oneOf(MISHAPS, random);
      befell.push(mishap.name);
      await mishap({
        engine,
        relay,
        disk,
        container: oneOf(containers, random),
        step,
        async restartAgent() {
          process.kill(agent.pid, "SIGKILL");
          await agent.end();
          agent = start();
        },
      });
    }
    disk.free();
    await engine.docker("kill", ...containers);
    for (const container of containers) {
      const told = await engineLog(engine.socketPath, container);
      await eventuallyPasses(() => assert.deepEqual(keptLines(disk.path, container), told), {
        withinMs: 30_000,
        everyMs: 500,
      });
    }
    assert.deepEqual((await agent.stop()).code, 0);
    let lines = 0;
    for (const container of containers) {
      const told = await engineLog(engine.socketPath, container);
      assert.deepEqual(keptLines(disk.path, container), told);
      lines += told.stdout.length + told.stderr.length;
    }
    return `${lines} lines; ${befell.join(", ")}`;
  } catch (cause) {
    throw new Error(
      `seed ${seed}: ${befell.join(", ")}\n${agent
        .log()
        .map((line) => JSON.stringify(line))
        .join("\n")}`,
      {
        cause,
      },
    );
  } finally {
    await agent.end();
    if (containers.length > 0) await engine.docker("rm", "-f", ...containers);
    await relay.end();
    await disk.end();
  }
}
