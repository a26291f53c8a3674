import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SimulatedEngineOptions } from "../../../src/demo/engine/simulated-engine.ts";
import type { Engine, LogQuery } from "../../../src/engine/engine.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { engineWhere, type Following, type Stage, startStage, texts } from "./stage.ts";

/** So many lines behind, the position is first in so many from the end. */
const BEHIND = [
  { lines: 500, tail: 1_000 },
  { lines: 5_000, tail: 8_000 },
  { lines: 50_000, tail: 64_000 },
  { lines: 70_000, tail: "all" },
] as const;
const GONE = "warn: Lines of a container's log were gone before they could be read";
const WITHIN = { withinMs: 60_000 };
/** However busy the machine is. */
const PATIENT = { requestTimeoutMs: 60_000, searchPatienceMs: 60_000 };

async function onStage(work: (stage: Stage) => Promise<void>, options: SimulatedEngineOptions = {}) {
  const stage = await startStage(options, PATIENT);
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

/** A container of which some lines are held, and then so many more were printed. */
async function heldInPart(stage: Stage, { behindBy }: { behindBy: number }) {
  const id = stage.containers.run();
  const taken: LogLine[] = [];
  const held = printed(stage, id, { from: 0, count: 3_000 });
  const first = stage.follow(id, taken);
  await eventually(() => taken.length === held.length, WITHIN);
  await first.stop();
  const unread = printed(stage, id, { from: held.length, count: behindBy });
  const before = stage.requests.entries.length;
  return { id, taken, held, unread, asked: () => asked(stage, before) };
}

function printed({ containers }: Stage, id: string, { from, count }: { from: number; count: number }): string[] {
  const lines = Array.from({ length: count }, (_, index) => `line ${from + index}`);
  for (const line of lines) containers.print(id, { bytes: `${line}\n` });
  return lines;
}

/** Of so many lines a difference is told by its place. */
function assertSame(lines: readonly string[], expected: readonly string[]) {
  const at = expected.findIndex((line, index) => line !== lines[index]);
  assert.deepEqual({ at, is: lines[at], count: lines.length }, { at: -1, is: undefined, count: expected.length });
}

/** What of its log was asked for. */
function asked({ requests }: Stage, from = 0): string[] {
  return requests.entries
    .slice(from)
    .map(({ url }) => /\/logs\?.*(follow=\d&tail=\w+)/.exec(url)?.[1])
    .filter((query) => query !== undefined);
}

function engineWith(
  { engine }: { readonly engine: Engine },
  when: "asked" | "open",
  tail: LogQuery["tail"],
  happens: () => void,
): Engine {
  return engineWhere(engine, (query) => query.tail === tail, { [when]: happens });
}

describe("a log that does not rotate is followed at once from the position", () => {
  for (const { lines, tail } of BEHIND) {
    test(`${lines} lines behind: a container that is removed then is kept to its last word`, () =>
      onStage(async (stage) => {
        const { id, taken, held, unread } = await heldInPart(stage, { behindBy: lines });
        const engine = engineWith(stage, "open", tail, () => {
          stage.containers.print(id, { bytes: "last\nword" });
          stage.containers.remove(id);
        });
        assert.deepEqual(await stage.follow(id, taken, { engine }).end, { kind: "removed" });
        assertSame(texts(taken), [...held, ...unread, "last", "word"]);
        assert.deepEqual(stage.telemetry.counted(), {});
      }));

    test(`${lines} lines behind: a connection that is cut while the position is searched is a reconnect`, () =>
      onStage(async (stage) => {
        const { id, taken, held, unread } = await heldInPart(stage, { behindBy: lines });
        let cuts = 0;
        const engine = engineWith(stage, "asked", tail, () => {
          if (cuts++ === 0)
            stage.faults.add({ path: /\/logs$/, fault: { kind: "truncate", afterBytes: 1_000 }, times: 1 });
        });
        const { stop } = stage.follow(id, taken, { engine });
        await eventually(() => taken.length === held.length + unread.length, WITHIN);
        await stop();
        assertSame(texts(taken), [...held, ...unread]);
        assert.equal(stage.telemetry.counted().tallyman_log_reconnects_total, 1);
        assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, undefined);
      }));
  }

  for (const [index, { lines, tail }] of BEHIND.entries()) {
    const last = BEHIND[index - 1]?.tail;
    if (typeof last !== "number") continue;
    test(`removed before ${tail === "all" ? "all" : `${tail} lines`} could be had, the last ${last} are kept, and the gap is told`, () =>
      onStage(async (stage) => {
        const { id, taken, held, unread } = await heldInPart(stage, { behindBy: lines });
        const engine = engineWith(stage, "asked", tail, () => {
          stage.containers.print(id, { bytes: "last\nword" });
          stage.containers.remove(id);
        });
        assert.deepEqual(await stage.follow(id, taken, { engine }).end, { kind: "removed" });
        assertSame(texts(taken), [...held, ...unread.slice(-last), "last", "word"]);
        assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
        assert.deepEqual(stage.telemetry.aloud(), [GONE]);
        await eventually(() => stage.logStreams.count === 0);
      }));
  }

  test("removed before more could be had, and refused before it is gone, the last 1000 are kept", () =>
    onStage(async (stage) => {
      const { id, taken, held, unread } = await heldInPart(stage, { behindBy: 5_000 });
      const body = JSON.stringify({ message: "open /var/lib/docker/containers/x-json.log: no such file or directory" });
      const engine = engineWith(stage, "asked", 8_000, () => {
        stage.faults.add({ path: /\/logs$/, fault: { kind: "respond", status: 500, body }, times: 1 });
        stage.containers.print(id, { bytes: "last\nword" });
        stage.containers.remove(id);
      });
      assert.deepEqual(await stage.follow(id, taken, { engine }).end, { kind: "removed" });
      assertSame(texts(taken), [...held, ...unread.slice(-1_000), "last", "word"]);
      assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
    }));

  test("200,000 lines behind: each part of its end is asked for once, and all of it once", () =>
    onStage(async (stage) => {
      const { id, taken, held, unread, asked } = await heldInPart(stage, { behindBy: 200_000 });
      const { stop } = stage.follow(id, taken);
      await eventually(() => taken.length === held.length + unread.length, WITHIN);
      await stop();
      assertSame(texts(taken), [...held, ...unread]);
      assert.deepEqual(
        asked(),
        [1_000, 8_000, 64_000, "all"].map((tail) => `follow=1&tail=${tail}`),
      );
    }));

  for (const { what, how } of [
    { what: "a log", how: { follow: 1, isRunning: true } },
    { what: "a stopped container's log", how: { follow: 0, isRunning: false } },
  ])
    test(`of which one line is held, ${what} is asked for all of it where its end does not prove that to be the first`, () =>
      onStage(async (stage) => {
        const id = stage.containers.run();
        const taken: LogLine[] = [];
        printed(stage, id, { from: 0, count: 1 });
        const first = stage.follow(id, taken);
        await eventually(() => taken.length === 1, WITHIN);
        await first.stop();
        printed(stage, id, { from: 1, count: 1 });
        if (!how.isRunning) stage.containers.stop(id);
        const before = stage.requests.entries.length;
        const { stop } = stage.follow(id, taken, { isRunning: how.isRunning });
        await eventually(() => taken.length === 2, WITHIN);
        await stop();
        assert.deepEqual(texts(taken), ["line 0", "line 1"]);
        assert.deepEqual(
          asked(stage, before),
          [1_000, "all"].map((tail) => `follow=${how.follow}&tail=${tail}`),
        );
      }));

  test("where the position is in doubt behind many lines, the log is long, and not all of it is asked for", () =>
    onStage(async (stage) => {
      const id = stage.containers.run();
      const taken: LogLine[] = [];
      const held = printed(stage, id, { from: 0, count: 1_500 });
      stage.containers.print(id, { bytes: "an error\n", stream: "stderr" });
      const first = stage.follow(id, taken);
      await eventually(() => taken.length === held.length + 1, WITHIN);
      await first.stop();
      printed(stage, id, { from: held.length, count: 10 });
      const before = stage.requests.entries.length;
      const { stop } = stage.follow(id, taken);
      await eventually(() => taken.length === held.length + 11, WITHIN);
      await stop();
      assert.deepEqual(asked(stage, before)[1], "follow=1&tail=8000");
    }));

  test("a thousand that say nothing are asked for once each", () =>
    onStage(async (stage) => {
      const logs = Array.from({ length: 1_000 }, () => ({ id: stage.containers.run(), taken: [] as LogLine[] }));
      for (const round of ["before", "after"]) {
        const before = stage.requests.entries.length;
        const followings: Following[] = [];
        for (const [index, { id, taken }] of logs.entries()) {
          followings.push(stage.follow(id, taken));
          // More connections than 511 at once are refused by a server of Node's.
          if (index % 100 === 99) await eventually(() => stage.logStreams.count === followings.length, WITHIN);
        }
        for (const { id } of logs) stage.containers.print(id, { bytes: `begun\n${round}\n` });
        await eventually(() => logs.every(({ taken }) => texts(taken).at(-1) === round), WITHIN);
        const urls = stage.requests.entries.slice(before).map(({ url }) => url);
        assert.equal(urls.filter((url) => url.includes("/containers/")).length, logs.length);
        await Promise.all(followings.map(({ stop }) => stop()));
        await eventually(() => stage.logStreams.count === 0, WITHIN);
      }
    }));
});

describe("a position that the engine does not have, though it has lines from before and after it", () => {
  /** As an engine leaves it whose machine lost power: the newest line that is held was not written to its disk. */
  async function withoutLast(stage: Stage) {
    const { id, taken, held } = await heldInPart(stage, { behindBy: 0 });
    const last = taken.at(-1) as LogLine;
    // No line of the simulated engine has it, whose clock ticks every 100 ns.
    const time = `${last.time.slice(0, -2)}1Z`;
    const position = { time, stream: last.stream, count: 1, newest: { stdout: time } };
    return { id, held, position };
  }

  test("is told by a snapshot when its log says nothing", () =>
    onStage(async (stage) => {
      const { id, position } = await withoutLast(stage);
      const taken: LogLine[] = [];
      stage.jumpClock(60_000);
      const { stop } = stage.follow(id, taken, { position, searchPatienceMs: 100 });
      await eventually(() => stage.telemetry.counted().tallyman_log_gaps_total === 1, WITHIN);
      stage.containers.print(id, { bytes: "new\n" });
      await eventually(() => taken.length === 1, WITHIN);
      await stop();
      assert.deepEqual(texts(taken), ["new"]);
    }));

  for (const { clock, jumpMs, searchPatienceMs } of [
    { clock: "goes on", jumpMs: 60_000, searchPatienceMs: PATIENT.searchPatienceMs },
    { clock: "was set back", jumpMs: -60_000, searchPatienceMs: 500 },
  ])
    test(`is told by a snapshot when it says something all the time, and its clock ${clock}`, () =>
      onStage(async (stage) => {
        const { id, position } = await withoutLast(stage);
        stage.jumpClock(jumpMs);
        const printing = setInterval(() => stage.containers.print(id, { bytes: "new\n" }), 5);
        try {
          const { stop } = stage.follow(id, [], { position, searchPatienceMs });
          await eventually(() => stage.telemetry.counted().tallyman_log_gaps_total === 1, WITHIN);
          await stop();
        } finally {
          clearInterval(printing);
        }
      }));
});

test("of a clock that was set back before a kill, nothing is asked for again and again", () =>
  onStage(async (stage) => {
    const id = stage.containers.run();
    printed(stage, id, { from: 0, count: 10 });
    stage.jumpClock(-60_000);
    const [last] = printed(stage, id, { from: 10, count: 1 });
    const before: LogLine[] = [];
    const first = stage.follow(id, before);
    await eventually(() => before.length === 11, WITHIN);
    await first.stop();
    const { time, stream } = before.at(-1) as LogLine;
    // As it is read from the end of the files.
    const position = { time, stream, count: 1, newest: { stdout: time } };
    const taken: LogLine[] = [];
    const { stop } = stage.follow(id, taken, { position });
    // All that looks for it begins with lines that seem newer; a snapshot shows that it is there.
    await eventually(() => / follow=0&tail=all .*follow=1&tail=all$/.test(asked(stage).join(" ")), WITHIN);
    stage.containers.print(id, { bytes: "new\n" });
    await eventually(() => taken.length === 1, WITHIN);
    await stop();
    assert.deepEqual([last, ...texts(taken)], ["line 10", "new"]);
    assert.deepEqual(stage.telemetry.counted(), {});
  }));

describe("of a clock that was set back before a kill, a container that is removed while its place is searched", () => {
  /** What is taken of it; 20 lines were held, of which the last ten seem older. */
  async function removedWhileSearched(stage: Stage, onFirst: () => void) {
    const id = stage.containers.run();
    const held = printed(stage, id, { from: 0, count: 10 });
    stage.jumpClock(-60_000);
    held.push(...printed(stage, id, { from: held.length, count: 10 }));
    const before: LogLine[] = [];
    const first = stage.follow(id, before);
    await eventually(() => before.length === held.length, WITHIN);
    await first.stop();
    const { time, stream } = before.at(-1) as LogLine;
    // As it is read from the end of the files.
    const position = { time, stream, count: 1, newest: { stdout: time } };
    const taken: LogLine[] = [];
    const engine = engineWith({ ...stage, engine: engineWith(stage, "asked", 1_000, onFirst) }, "asked", 8_000, () => {
      stage.containers.print(id, { bytes: "last\nword" });
      stage.containers.remove(id);
    });
    assert.deepEqual(await stage.follow(id, taken, { position, engine }).end, { kind: "removed" });
    return { taken: texts(taken), gaps: stage.telemetry.counted().tallyman_log_gaps_total ?? 0 };
  }

  test("is kept, once", () =>
    onStage(async (stage) => {
      const result = await removedWhileSearched(stage, () => {});
      assert.deepEqual(result, { taken: ["last", "word"], gaps: 0 });
    }));

  test("lacks what its follow did not tell before it broke off, and nothing is taken twice", () =>
    onStage(async (stage) => {
      const result = await removedWhileSearched(stage, () =>
        stage.faults.add({ path: /\/logs$/, fault: { kind: "truncate", afterBytes: 300 }, times: 1 }),
      );
      assert.deepEqual(result, { taken: [], gaps: 1 });
    }));
});

test("what was open is let go of where the engine refuses what begins earlier", () =>
  onStage(async (stage) => {
    const { id, taken, held, unread } = await heldInPart(stage, { behindBy: 5_000 });
    let refused = 0;
    const engine = engineWith(stage, "asked", 8_000, () => {
      const body = JSON.stringify({ message: "no space left on device" });
      if (refused++ === 0)
        stage.faults.add({ path: /\/logs$/, fault: { kind: "respond", status: 500, body }, times: 1 });
    });
    const { stop } = stage.follow(id, taken, { engine });
    await eventually(() => taken.length === held.length + unread.length, WITHIN);
    await eventually(() => stage.logStreams.count === 1, WITHIN);
    await stop();
    assertSame(texts(taken), [...held, ...unread]);
    assert.equal(refused, 2);
  }));

test("answers in a row that end early, as if complete, are no proof that the position is gone", () =>
  onStage(
    async (stage) => {
      const id = stage.containers.run();
      const taken: LogLine[] = [];
      const lines = printed(stage, id, { from: 0, count: 1 });
      const first = stage.follow(id, taken);
      await eventually(() => taken.length === 1, WITHIN);
      await first.stop();
      lines.push(...printed(stage, id, { from: 1, count: 5 }));
      let answers = 0;
      const engine: Engine = {
        ...stage.engine,
        async containerLogs(query) {
          const reply = await stage.engine.containerLogs(query);
          if (query.tail !== "all" || ++answers > 2) return reply;
          reply.body.destroy();
          return { ...reply, body: { async *[Symbol.asyncIterator]() {}, destroy() {}, destroyed: false } };
        },
      };
      const { stop } = stage.follow(id, taken, { engine });
      await eventually(() => taken.length === lines.length, WITHIN);
      await stop();
      assertSame(texts(taken), lines);
      assert.ok(answers > 2);
      assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, undefined);
    },
    { flavour: "podman" },
  ));

test("Podman's is read first, since what is written as a follow begins may be in none of its parts", () =>
  onStage(
    async (stage) => {
      const { id, taken, held, unread, asked } = await heldInPart(stage, { behindBy: 10 });
      const { stop } = stage.follow(id, taken);
      await eventually(() => taken.length === held.length + unread.length, WITHIN);
      await stop();
      assertSame(texts(taken), [...held, ...unread]);
      assert.equal(asked()[0], "follow=0&tail=1000");
    },
    { flavour: "podman" },
  ));
