import assert from "node:assert/strict";
import { test } from "node:test";
import { populate } from "../../src/demo/engine/populate.ts";
import { startSimulatedEngine } from "../../src/demo/engine/simulated-engine.ts";
import { startOtlpReceiver } from "../../src/demo/receiver/otlp-receiver.ts";
import { eventuallyPasses } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { differences } from "./expected/differences.ts";
import { expectedSeries, readAll } from "./expected/reading.ts";
import { seriesKey } from "./expected/series-key.ts";
import { PROGRAM, runAgent } from "./harness/agent.ts";
import { RESTLESS, startPopulation } from "./harness/population.ts";
import { setUp } from "./harness/set-up.ts";
import { REAL_ENGINE, startWindowsEngine } from "./harness/windows-engine.ts";

const { engine, windows } = await setUp(async (own) => {
  const started = await startWindowsEngine(own);
  await startPopulation(started.engine);
  return started;
});

test("on Windows, without a setting, `once` reads the engine at the pipe //./pipe/docker_engine as on Linux one at a socket", async () => {
  const same = await startSimulatedEngine();
  populate(same);
  const onLinux = await runAgent(["once"], { TALLYMAN_ENGINE_ADDRESS: same.address }).finally(() => same.close());
  const expected = [...containerSeries(onLinux.stdout).keys()];
  assert.ok(expected.length > 300, `only ${expected.length} series`);
  assert.deepEqual([...containerSeries(await once({})).keys()].sort(), expected.sort());
});

test("on Windows, a real engine behind a pipe is read with its own numbers", async () => {
  await eventuallyPasses(
    async () => {
      const before = expectedSeries(await readAll(engine.client), {});
      const seen = containerSeries(
        await once({
          TALLYMAN_ENGINE_ADDRESS: REAL_ENGINE,
          TALLYMAN_METRICS_GROUPS_PROCESSES: "true",
          TALLYMAN_METRICS_GROUPS_SIZE: "true",
        }),
      );
      const after = expectedSeries(await readAll(engine.client), {});
      assert.deepEqual(differences({ before, seen, after, restless: RESTLESS }), []);
    },
    { withinMs: 90_000 },
  );
});

test("on Windows, what it reads at the pipe is pushed, and pushed again", async () => {
  const receiver = await startOtlpReceiver();
  const agent = windows.start(PROGRAM, [], {
    TALLYMAN_OTLP_ENDPOINT: receiver.httpEndpoint,
    TALLYMAN_OTLP_INTERVAL: "1s",
    TALLYMAN_LOG_FORMAT: "json",
    // Beside whatever else listens on this machine.
    TALLYMAN_HTTP_LISTEN: "127.0.0.1:0",
  });
  let firstNs: bigint | undefined;
  try {
    await eventuallyPasses(
      () => {
        const [memory] = [...receiver.latest()].filter(([key]) => /^container_memory_rss\{.*shop-web-1/.test(key));
        assert.ok(memory, `${agent.stdout()}${agent.stderr()}`);
        const timeNs = memory[1].timeUnixNano;
        firstNs ??= timeNs;
        assert.ok(timeNs > firstNs, "no second push");
      },
      { withinMs: 60_000 },
    );
    const told = `${agent.stdout()}\n${agent.stderr()}`.split("\n").filter((line) => line.startsWith("{"));
    assert.deepEqual(
      told.filter((line) => /"level":"(warn|error)"/.test(line) && !line.includes("Settings note")),
      [],
    );
  } finally {
    await agent.end("SIGKILL", 10_000);
    await receiver.close();
  }
});

test("on Windows, a pipe that is not there is named, with 1 as the exit code", async () => {
  const program = windows.start(PROGRAM, ["once"], { TALLYMAN_ENGINE_ADDRESS: "npipe:////./pipe/nobody" });
  const { code } = await program.exit(60_000);
  assert.equal(code, 1);
  assert.match(program.stderr(), /pipe\/nobody/);
});

async function once(env: Record<string, string>): Promise<string> {
  const program = windows.start(PROGRAM, ["once"], env);
  const { code } = await program.exit(60_000);
  assert.equal(code, 0, program.stderr());
  return program.stdout();
}

function containerSeries(exposition: string): Map<string, number> {
  const containers = parseExposition(exposition).filter(({ labels }) => labels.name !== undefined);
  return new Map(containers.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}
