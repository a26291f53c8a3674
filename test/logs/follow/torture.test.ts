import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { SimulatedEngineOptions } from "../../../src/demo/engine/simulated-engine.ts";
import type { LogLine, LogStream } from "../../../src/logs/log-line.ts";
import { seeded } from "../../support/seeded.ts";
import { startStage, texts } from "./stage.ts";

const ENGINES: { [name: string]: SimulatedEngineOptions } = {
  "Engine 20.10": { engineVersion: "20.10.24" },
  "Engine 28.5": { engineVersion: "28.5.2" },
  Podman: { flavour: "podman" },
};

/** Longer by the environment: TALLYMAN_TORTURE_SEEDS=200. */
const SEEDS = Number(process.env.TALLYMAN_TORTURE_SEEDS ?? 4);

for (const [name, options] of Object.entries(ENGINES))
  for (const tty of [false, true])
    test(`${name}${tty ? ", terminals" : ""}: whatever breaks, each line is taken once, in its stream's order`, async () => {
      for (let seed = 1; seed <= SEEDS; seed++) await run(seed, { ...options, tty });
    });

async function run(seed: number, { tty, ...options }: SimulatedEngineOptions & { tty: boolean }) {
  const random = seeded(seed * 31 + (tty ? 7 : 0));
  const stage = await startStage(options);
  const isPodman = options.flavour === "podman";
  const id = stage.containers.run({ tty, logDriver: isPodman ? "k8s-file" : random() < 0.5 ? "local" : "json-file" });
  const printed: { [Stream in LogStream]: string[] } = { stdout: [], stderr: [] };
  const taken: LogLine[] = [];
  let numbers = 0;
  let following = stage.follow(id, taken, { tty, maxLineBytes: 40_000 });

  function printSome() {
    for (let count = Math.floor(random() ** 3 * 300); count >= 0; count--) {
      const stream = tty || random() < 0.6 ? "stdout" : "stderr";
      // The pieces of a Podman's terminal can't be told from what the program wrote.
      const isPieced = !(tty && isPodman);
      const size = isPieced && random() < 0.01 ? Math.floor(random() * 100_000) : Math.floor(random() ** 4 * 300);
      const text = `${numbers++} ${"x".repeat(size)}`;
      const line = `${text}\n`;
      printed[stream].push(text);
      // Now and then in two goes, so that a connection may break in between.
      const half = isPieced && random() < 0.1 ? Math.floor(random() * line.length) : 0;
      if (half > 0) stage.containers.print(id, { stream, bytes: line.slice(0, half) });
      stage.containers.print(id, { stream, bytes: line.slice(half) });
    }
  }

  try {
    for (let step = 0; step < 25; step++) {
      printSome();
      const what = random();
      if (what < 0.2) stage.logStreams.drop();
      else if (what < 0.3) stage.logStreams.end();
      else if (what < 0.4)
        stage.faults.add({
          path: /\/logs$/,
          fault: { kind: "truncate", afterBytes: Math.floor(random() ** 2 * 50_000) },
          times: 3,
        });
      else if (what < 0.6) {
        await following.stop();
        printSome();
        following = stage.follow(id, taken, { tty, maxLineBytes: 40_000 });
      } else if (what < 0.65) {
        await stage.down();
        printSome();
        await stage.up();
      } else if (what < 0.7) {
        stage.containers.restart(id);
      } else if (what < 0.75) stage.containers.rename(id, `renamed-${step}`);
      if (random() < 0.7) await wait(random() * 10);
    }
    stage.faults.clear();
    // A container's end ends the following, which its next start begins anew.
    await following.stop();
    stage.containers.stop(id);
    const last = stage.follow(id, taken, { tty, maxLineBytes: 40_000 });
    assert.deepEqual(await last.end, { kind: "ended" });
    for (const stream of ["stdout", "stderr"] satisfies LogStream[]) {
      const joined = joinParts(taken.filter((line) => line.stream === stream));
      assert.deepEqual(joined.map(short), printed[stream].map(short), `seed ${seed}, ${stream}`);
    }
    assert.deepEqual(stage.telemetry.aloud(), []);
  } finally {
    await stage.close();
  }
}

function joinParts(lines: readonly LogLine[]): string[] {
  const joined: string[] = [];
  let isInside = false;
  for (const [index, text] of texts(lines).entries()) {
    if (isInside) joined.push(`${joined.pop()}${text}`);
    else joined.push(text);
    isInside = lines[index]?.isPart ?? false;
  }
  return joined;
}

function short(text: string): string {
  return text.length < 40 ? text : `${text.slice(0, 12)}… ${text.length}`;
}
