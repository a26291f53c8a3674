import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import type { ListedProgram } from "../../src/programs/find-program.ts";
import { createIntervalPrograms } from "../../src/programs/interval-programs.ts";
import type { RunnerOptions } from "../../src/programs/program-runner.ts";
import { createRunJournal } from "../../src/programs/run-journal.ts";
import { recordingTelemetry } from "../engine/recording-telemetry.ts";
import { comesTrue, folder, shellProgram, testRunner } from "./programs.ts";

const OFTEN_MS = 20;

describe("a program with an interval", () => {
  test("runs by itself, and its metrics are had at any time with that time", async (t) => {
    const path = await folder(t);
    const script = `echo x >>'${path}/runs'; echo "runs_total $(wc -l <'${path}/runs')" >"$METRICS_FILE"`;
    const { programs, telemetry } = started(t, { counts: shellProgram(script, { intervalMs: OFTEN_MS }) });
    await comesTrue(() => sampleOf(programs, "runs_total") >= 3);
    const [family] = programs.families(7_000)[0] ?? [];
    assert.deepEqual(family?.dataPoints[0]?.endTime, [7, 0]);
    assert.deepEqual(family?.dataPoints[0]?.attributes, { exporter: "counts" });
    assert.equal(telemetry.tally.value("tallyman_program_up", "exporter", "counts"), 1);
    assert.ok(telemetry.tally.value("tallyman_program_duration_seconds", "exporter", "counts") > 0);
  });

  test("without one runs only when it is asked for", async (t) => {
    const path = await folder(t);
    const { programs } = started(t, {
      quiet: shellProgram(`: >'${path}/ran'`),
      often: shellProgram(`echo 'up 1' >"$METRICS_FILE"`, { intervalMs: OFTEN_MS }),
    });
    await comesTrue(() => sampleOf(programs, "up") === 1);
    assert.ok(!existsSync(join(path, "ran")));
    assert.equal(programs.families(0).length, 1);
  });

  test("that fails has no metrics, not those of before, until it succeeds again", async (t) => {
    const path = await folder(t);
    const script = `echo 'up 1' >"$METRICS_FILE"; [ ! -e '${path}/broken' ]`;
    const { programs, telemetry } = started(t, { dummy: shellProgram(script, { intervalMs: OFTEN_MS }) });
    await comesTrue(() => sampleOf(programs, "up") === 1);
    await writeFile(join(path, "broken"), "");
    await comesTrue(() => programs.families(0)[0]?.length === 0);
    assert.equal(telemetry.tally.value("tallyman_program_up", "exporter", "dummy"), 0);
    await rm(join(path, "broken"));
    await comesTrue(() => sampleOf(programs, "up") === 1);
    assert.deepEqual(telemetry.aloud(), ["warn: A program gave no metrics", "info: A program gives metrics again"]);
  });

  test("whose next run is overdue has none either", async (t) => {
    const path = await folder(t);
    const { programs, runner } = started(
      t,
      { dummy: shellProgram(`echo 'up 1' >"$METRICS_FILE"`, { intervalMs: OFTEN_MS, timeLimitMs: 1_000 }) },
      { workers: 1 },
    );
    await comesTrue(() => sampleOf(programs, "up") === 1);
    const blocking = new AbortController();
    const blocked = runner.run(shellProgram(`: >'${path}/ready'; exec sleep 1000`), {
      arguments: [],
      signal: blocking.signal,
      patient: true,
    });
    await comesTrue(() => existsSync(join(path, "ready")));
    await comesTrue(() => programs.families(0)[0]?.length === 0);
    blocking.abort();
    await blocked;
    await comesTrue(() => sampleOf(programs, "up") === 1);
  });

  test("may not write the agent's own names, nor another program's as another type", async (t) => {
    const { programs, telemetry } = started(t, {
      thief: shellProgram(`echo 'container_x 1' >"$METRICS_FILE"`, { intervalMs: OFTEN_MS }),
    });
    await comesTrue(() => telemetry.said.length > 0);
    assert.deepEqual(programs.families(0), [[]]);
    assert.deepEqual(telemetry.said[0]?.fields, {
      exporter: "thief",
      reason: "wrote container_x, which is a name of Tallyman's own metrics",
    });
  });

  test("that is not there, or must not be run, is said to be so", async (t) => {
    const path = await folder(t);
    await writeFile(join(path, "text"), "");
    const { telemetry } = started(t, { missing: { intervalMs: OFTEN_MS }, text: { intervalMs: OFTEN_MS } }, {}, path);
    await comesTrue(() => telemetry.aloud().length === 2);
    const reasons = telemetry.said.map(({ fields }) => fields.reason as string);
    assert.ok(reasons.some((reason) => /^is not in .* \(programs\.folder\)$/.test(reason)));
    assert.ok(reasons.some((reason) => /^is not run, because the agent's user may not execute/.test(reason)));
  });

  test("may come and go while it is looked for", async (t) => {
    const path = await folder(t);
    const { programs, telemetry } = started(t, { dummy: { intervalMs: 1 } }, {}, path);
    await comesTrue(() => telemetry.said.length > 0);
    await writeFile(join(path, "new"), `#!/bin/sh\necho 'up 1' >"$METRICS_FILE"\n`, { mode: 0o755 });
    await rename(join(path, "new"), join(path, "dummy"));
    await comesTrue(() => sampleOf(programs, "up") === 1);
    await rm(path, { recursive: true });
    await comesTrue(() => programs.families(0)[0]?.length === 0);
    const [first, second, ...later] = telemetry.aloud();
    assert.deepEqual([first, second], ["warn: A program gave no metrics", "info: A program gives metrics again"]);
    assert.deepEqual(new Set(later), new Set([first]));
  });

  test("waits for its turn however many requests wait already", async (t) => {
    const { programs } = started(
      t,
      Object.fromEntries(
        ["a", "b", "c", "d"].map((name) => [
          name,
          shellProgram(`echo '${name} 1' >"$METRICS_FILE"`, { intervalMs: 3_600_000 }),
        ]),
      ),
      { workers: 1, queue: 0 },
    );
    await comesTrue(() => programs.families(0).every((families) => families.length === 1));
  });

  test("is ended with the agent, which is no failure of it", async (t) => {
    const path = await folder(t);
    const { programs, telemetry } = started(t, {
      slow: shellProgram(`: >'${path}/ready'; exec sleep 1000`, { intervalMs: OFTEN_MS }),
    });
    await comesTrue(() => existsSync(join(path, "ready")));
    await programs.stop();
    assert.deepEqual([telemetry.said, telemetry.counted()], [[], {}]);
  });
});

function started(
  t: TestContext,
  list: Record<string, ListedProgram>,
  options: Partial<RunnerOptions> = {},
  path?: string,
) {
  const telemetry = recordingTelemetry();
  const runner = testRunner(t, options);
  const programs = createIntervalPrograms({
    choice: { list, folder: path, timeLimitMs: 120_000, clientArguments: [] },
    runner,
    journal: createRunJournal(telemetry),
    telemetry,
    isReserved: (name) => name.startsWith("container_"),
  });
  programs.start();
  t.after(() => programs.stop());
  return { programs, telemetry, runner };
}

function sampleOf(programs: ReturnType<typeof createIntervalPrograms>, name: string): number {
  const family = programs
    .families(0)
    .flat()
    .find(({ descriptor }) => descriptor.name === name);
  return Number(family?.dataPoints[0]?.value ?? Number.NaN);
}
