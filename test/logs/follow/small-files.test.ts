import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, LogBody } from "../../../src/engine/engine.ts";
import { hasSmallFiles, restMs } from "../../../src/logs/follow/log-rotation.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { openNewLog } from "../../../src/logs/pump/follow-source.ts";
import { eventually } from "../../support/eventually.ts";
import { type Stage, startStage, texts } from "./stage.ts";

const SMALL = { fileBytes: 20_000, keptFiles: 10_000, isOpenedAhead: true };
/** The driver keeps all of them. */
const LOG_OPTIONS = { "max-size": "20k", "max-file": "10000" };

test("files under a megabyte are small, whatever their number, and a short log is looked at more often", () => {
  const large = { ...SMALL, fileBytes: 10e6, keptFiles: 3 };
  const few = { ...SMALL, fileBytes: 10e3, keptFiles: 2 };
  const rotations = [SMALL, few, large, { isOpenedAhead: true }, undefined];
  assert.deepEqual(rotations.map(hasSmallFiles), [true, true, false, false, false]);
  assert.deepEqual([restMs(SMALL), restMs({ fileBytes: 200e3, keptFiles: 10 }), restMs(few)], [250, 50, 10]);
});

for (const engineVersion of ["20.10.24", "28.5.2"])
  for (const logDriver of ["json-file", "local"]) {
    const rotating = { rotation: { ...SMALL, isOpenedAhead: logDriver === "json-file" } };

    function inSmallFiles(name: string, work: (stage: Stage, id: string) => Promise<void>) {
      test(`${engineVersion}, ${logDriver} in small files: ${name}`, async () => {
        const stage = await startStage({ engineVersion });
        try {
          await work(stage, stage.containers.run({ logDriver, logOptions: LOG_OPTIONS }));
        } finally {
          await stage.close();
        }
      });
    }

    inSmallFiles("what a follow passes over comes from snapshots, in order", async (stage, id) => {
      const taken: LogLine[] = [];
      const following = stage.follow(id, taken, rotating);
      const lines = printed(stage, id, 1);
      await eventually(() => taken.length === 1);
      for (const count of [3_000, 1, 20_000]) {
        lines.push(...printed(stage, id, count));
        await eventually(() => taken.length >= lines.length, { withinMs: 60_000 });
      }
      await following.stop();
      assert.deepEqual(texts(taken), lines);
      assert.deepEqual(stage.telemetry.counted(), {});
    });

    inSmallFiles("of a container that is removed all is there that its follow told, once", async (stage, id) => {
      const taken: LogLine[] = [];
      const { end } = stage.follow(id, taken, rotating);
      const lines = printed(stage, id, 2);
      await eventually(() => taken.length === 2);
      lines.push(...printed(stage, id, 20));
      stage.containers.print(id, { bytes: "without an end" });
      stage.containers.remove(id);
      assert.deepEqual(await end, { kind: "removed" });
      assert.deepEqual(texts(taken), [...lines, "without an end"]);
    });

    inSmallFiles(
      "one that is followed on from where the files end, and removed, is told of no gap",
      async (stage, id) => {
        const taken: LogLine[] = [];
        const lines = printed(stage, id, 2);
        const first = stage.follow(id, taken, rotating);
        await eventually(() => taken.length === lines.length);
        await first.stop();
        const { end } = stage.follow(id, taken, rotating);
        for (let times = 0; times < 2; times++) {
          lines.push(...printed(stage, id, 2));
          await eventually(() => taken.length === lines.length);
        }
        lines.push(...printed(stage, id, 2));
        stage.containers.remove(id);
        assert.deepEqual(await end, { kind: "removed" });
        assert.deepEqual(texts(taken), lines);
        assert.deepEqual(stage.telemetry.counted(), {});
      },
    );

    inSmallFiles("one that lasted for a moment is kept by the request that was open first", async (stage, id) => {
      const taken: LogLine[] = [];
      const opened = openNewLog(stage.engine)(id, new AbortController().signal);
      await opened;
      const lines = printed(stage, id, 20);
      stage.containers.remove(id);
      assert.deepEqual(await stage.follow(id, taken, { ...rotating, isNew: true, opened }).end, { kind: "removed" });
      assert.deepEqual(texts(taken), lines);
    });

    inSmallFiles(
      "one that is removed once its follow is open, and before anything else, is kept",
      async (stage, id) => {
        const taken: LogLine[] = [];
        const lines = printed(stage, id, 20);
        const engine = onFollow(stage, { opened: () => stage.containers.remove(id) });
        assert.deepEqual(await stage.follow(id, taken, { ...rotating, engine }).end, { kind: "removed" });
        assert.deepEqual(texts(taken), lines);
        assert.deepEqual(stage.telemetry.counted(), {});
      },
    );

    inSmallFiles(
      "one whose follow broke off, and that is gone then, is told to lack its last lines",
      async (stage, id) => {
        const taken: LogLine[] = [];
        const { end } = stage.follow(id, taken, rotating);
        const lines = printed(stage, id, 2);
        await eventually(() => taken.length === 2);
        stage.logStreams.drop();
        printed(stage, id, 2);
        stage.containers.remove(id);
        assert.deepEqual(await end, { kind: "removed" });
        assert.deepEqual(texts(taken), lines);
        assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
      },
    );

    inSmallFiles(
      "what its follow told is kept, though a snapshot of it ended in its middle as if complete",
      async (stage, id) => {
        const taken: LogLine[] = [];
        const lines = printed(stage, id, 20);
        const opened = openNewLog(stage.engine)(id, new AbortController().signal);
        await opened;
        let snapshots = 0;
        const engine: Engine = {
          ...stage.engine,
          async containerLogs(query) {
            const reply = await stage.engine.containerLogs(query);
            if (query.follow) return reply;
            snapshots++;
            return { ...reply, body: firstEntryOf(reply.body) };
          },
        };
        const { end } = stage.follow(id, taken, { ...rotating, isNew: true, opened, engine });
        await eventually(() => snapshots > 3);
        stage.containers.remove(id);
        assert.deepEqual(await end, { kind: "removed" });
        assert.deepEqual(texts(taken), lines);
      },
    );

    inSmallFiles("a clock that is set back takes nothing away and brings nothing twice", async (stage, id) => {
      const taken: LogLine[] = [];
      const lines: string[] = [];
      const following = stage.follow(id, taken, rotating);
      for (const stepMs of [0, -9_000, 4_000, -2_000]) {
        stage.jumpClock(stepMs);
        lines.push(...printed(stage, id, 50));
        await eventually(() => taken.length >= lines.length);
      }
      await following.stop();
      assert.deepEqual(texts(taken), lines);
    });
  }

test("20.10.24: a follow that fell silent is opened anew", async () => {
  const stage = await startStage({ engineVersion: "20.10.24" });
  try {
    const id = stage.containers.run({ logOptions: LOG_OPTIONS });
    const taken: LogLine[] = [];
    const following = stage.follow(id, taken, { rotation: SMALL, maxSilenceMs: 50 });
    const lines = printed(stage, id, 1);
    await eventually(() => taken.length === 1);
    stage.logStreams.hush();
    // The first may have rung before.
    for (let times = 0; times < 3; times++) {
      lines.push(...printed(stage, id, 10));
      await eventually(() => taken.length >= lines.length);
    }
    await following.stop();
    assert.deepEqual(texts(taken), lines);
  } finally {
    await stage.close();
  }
});

test("20.10.24: what was printed before a follow was opened anew, of a container that is removed then, is told", async () => {
  const stage = await startStage({ engineVersion: "20.10.24" });
  try {
    const id = stage.containers.run({ logOptions: LOG_OPTIONS });
    const taken: LogLine[] = [];
    const lines = printed(stage, id, 1);
    let follows = 0;
    const engine = onFollow(stage, {
      asked: () => void (++follows === 2 && printed(stage, id, 10)),
      opened: () => void (follows === 2 && stage.containers.remove(id)),
    });
    const { end } = stage.follow(id, taken, { rotation: SMALL, maxSilenceMs: 50, engine });
    await eventually(() => taken.length === 1);
    stage.logStreams.hush();
    assert.deepEqual(await end, { kind: "removed" });
    assert.deepEqual(texts(taken), lines);
    assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
  } finally {
    await stage.close();
  }
});

for (const isRotating of [false, true])
  test(`a clock was set back before a kill, ${isRotating ? "and the driver rotates" : "the driver keeps all"}: nothing is taken for gone`, async () => {
    const stage = await startStage();
    try {
      const id = stage.containers.run({ logOptions: isRotating ? { "max-size": "10m", "max-file": "3" } : {} });
      const before: LogLine[] = [];
      const first = stage.follow(id, before);
      const lines = printed(stage, id, 10);
      await eventually(() => before.length === lines.length);
      stage.jumpClock(-60_000);
      lines.push(...printed(stage, id, 1));
      await eventually(() => before.length === lines.length);
      await first.stop();
      // More than the first look at its end gives.
      lines.push(...printed(stage, id, 1_500));
      const last = before.at(-1) as LogLine;
      // As it is read from the end of the files.
      const position = { time: last.time, stream: last.stream, count: 1, newest: { stdout: last.time } };
      const after: LogLine[] = [];
      const rotation = isRotating ? { fileBytes: 10e6, isOpenedAhead: true } : undefined;
      const second = stage.follow(id, after, { position, rotation });
      await eventually(() => before.length + after.length >= lines.length);
      await second.stop();
      assert.deepEqual(texts([...before, ...after]), lines);
      assert.deepEqual(stage.telemetry.counted(), {});
    } finally {
      await stage.close();
    }
  });

function firstEntryOf(body: LogBody): LogBody {
  return {
    async *[Symbol.asyncIterator]() {
      // A frame's head has its length in the last four of eight bytes.
      for await (const chunk of body) return yield chunk.subarray(0, 8 + chunk.readUInt32BE(4));
    },
    destroy: () => body.destroy(),
    get destroyed() {
      return body.destroyed;
    },
  };
}

/** The engine, to which something happens as it is asked for a follow, or as its answer is there. */
function onFollow({ engine }: Stage, { asked, opened }: { asked?: () => void; opened: () => void }): Engine {
  return {
    ...engine,
    async containerLogs(query) {
      if (query.follow) asked?.();
      const reply = await engine.containerLogs(query);
      if (query.follow) opened();
      return reply;
    },
  };
}

let number = 0;

/** Lines that all differ, which it gives. */
function printed(stage: Stage, id: string, count: number): string[] {
  const lines = Array.from({ length: count }, () => `${number++} ${"x".repeat(200)}`);
  for (const line of lines) stage.containers.print(id, { bytes: `${line}\n` });
  return lines;
}
