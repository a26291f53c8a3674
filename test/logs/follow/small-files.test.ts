import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine, LogBody, LogQuery } from "../../../src/engine/engine.ts";
import { createHeardRoom } from "../../../src/logs/follow/heard-room.ts";
import { hasSmallFiles, restMs } from "../../../src/logs/follow/log-rotation.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { openNewLog } from "../../../src/logs/pump/follow-source.ts";
import { eventually } from "../../support/eventually.ts";
import { engineWhere, type Stage, startStage, texts } from "./stage.ts";

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

    inSmallFiles("what is held by now makes room for what the follow tells next", async (stage, id) => {
      const taken: LogLine[] = [];
      const following = stage.follow(id, taken, { ...rotating, heardRoom: createHeardRoom({ mostBytes: 0 }) });
      const lines: string[] = [];
      for (let count = 1; count <= 150; count++) {
        const before = stage.logStreams.toldBytes;
        lines.push(`${count} ${"x".repeat(12_000)}`);
        stage.containers.print(id, { bytes: `${lines.at(-1)}\n` });
        // One by one, so that the follow tells all of them: more than a mebibyte.
        await eventually(() => stage.logStreams.toldBytes > before, { everyMs: 1 });
      }
      await eventually(() => taken.length === lines.length);
      await following.stop();
      assert.deepEqual(texts(taken), lines);
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
        const engine = engineWhere(stage.engine, isFollow, { open: () => stage.containers.remove(id) });
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
      "an answer that ended early, as if complete, takes nothing of a container that is removed",
      async (stage, id) => {
        const taken: LogLine[] = [];
        const lines: string[] = [];
        let isCut = false;
        const engine = onSnapshot(stage, { cut: () => isCut });
        const { end } = stage.follow(id, taken, { ...rotating, engine });
        for (const count of [2, 40]) {
          lines.push(...printed(stage, id, count));
          isCut = count > 2;
          await eventually(() => taken.length > (isCut ? 2 : 1));
        }
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

for (const engineVersion of ["20.10.24", "28.5.2"])
  for (const isTwice of [false, true])
    test(`${engineVersion}: what the one file of a log had before its driver left it comes from the follow${isTwice ? " that tells it twice" : ""}, and that some may lack is told`, async () => {
      const stage = await startStage({ engineVersion });
      try {
        const id = stage.containers.run({ logOptions: { "max-size": "20k" } });
        const taken: LogLine[] = [];
        let opening: Promise<void> | undefined;
        let toldBytes = 0;
        const told = (chunk: Buffer) => {
          toldBytes += chunk.length;
        };
        const engine = onSnapshot(stage, { opening: () => opening, isTwice, told });
        const rotation = { fileBytes: 20_000, keptFiles: 1, isOpenedAhead: true };
        const following = stage.follow(id, taken, { rotation, engine });
        const lines = printed(stage, id, 2);
        await eventually(() => taken.length === 2);
        for (let gaps = 1; gaps <= 3; gaps++) {
          const { promise, resolve } = Promise.withResolvers<void>();
          opening = promise;
          // Each file has 70 of them.
          for (let count = 0; count < 10; count++) {
            const before = toldBytes;
            const more = printed(stage, id, 30);
            lines.push(...more);
            await eventually(() => toldBytes - before > more.join().length);
          }
          resolve();
          await eventually(() => taken.length >= lines.length);
          assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, gaps);
        }
        await following.stop();
        assert.deepEqual(texts(taken), lines);
      } finally {
        await stage.close();
      }
    });

for (const [name, keptFiles, tail] of [
  ["tiny log is asked for at once", 2, "all"],
  ["log that is longer is asked for only where its end does not have the position", 20, "100"],
] as const)
  test(`all of a ${name}`, async () => {
    const stage = await startStage({ engineVersion: "28.5.2" });
    try {
      const id = stage.containers.run({ logOptions: { "max-size": "20k", "max-file": String(keptFiles) } });
      const taken: LogLine[] = [];
      const following = stage.follow(id, taken, { rotation: { ...SMALL, keptFiles } });
      for (let count = 1; count <= 4; count++) {
        printed(stage, id, 1);
        await eventually(() => taken.length === count);
      }
      await following.stop();
      const snapshots = stage.requests.entries.filter(({ url }) => url.includes("follow=0"));
      assert.equal(snapshots.at(-1)?.url.replace(/.*tail=/, ""), tail);
    } finally {
      await stage.close();
    }
  });

test("what the follow tells only after a snapshot was begun, of what lay before it, comes first too", async () => {
  const stage = await startStage({ engineVersion: "28.5.2" });
  try {
    const id = stage.containers.run({ logOptions: { "max-size": "20k" } });
    const taken: LogLine[] = [];
    const opening = Promise.withResolvers<void>();
    const telling = Promise.withResolvers<void>();
    let isHeld = false;
    const engine = onSnapshot(stage, {
      opening: async () => isHeld && opening.promise,
      opened: () => void (isHeld && setImmediate(telling.resolve)),
      beforeTelling: async () => isHeld && telling.promise,
    });
    const rotation = { fileBytes: 20_000, keptFiles: 1, isOpenedAhead: true };
    const following = stage.follow(id, taken, { rotation, engine });
    const lines = printed(stage, id, 2);
    await eventually(() => taken.length === 2);
    isHeld = true;
    const before = stage.logStreams.toldBytes;
    lines.push(...printed(stage, id, 200));
    await eventually(() => stage.logStreams.toldBytes - before > lines.join().length);
    opening.resolve();
    await eventually(() => taken.length >= lines.length);
    await following.stop();
    assert.deepEqual(texts(taken), lines);
  } finally {
    await stage.close();
  }
});

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
    const engine = engineWhere(stage.engine, isFollow, {
      asked: () => void (++follows === 2 && printed(stage, id, 10)),
      open: () => void (follows === 2 && stage.containers.remove(id)),
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

const isFollow = ({ follow }: LogQuery) => follow;

interface SnapshotHow {
  /** Whether it ends in its middle. */
  readonly cut?: () => boolean;
  /** It is not asked for before. */
  readonly opening?: () => Promise<unknown> | undefined;
  readonly opened?: () => void;
  /** What follows tell, they tell again. */
  readonly isTwice?: boolean;
  /** What a follow tells waits for it. */
  readonly beforeTelling?: () => Promise<unknown>;
  /** Was told by a follow, and was taken. */
  readonly told?: (chunk: Buffer) => void;
}

/** The engine, whose answers that are no follow are late, or not whole. */
function onSnapshot({ engine }: Stage, how: SnapshotHow): Engine {
  return {
    ...engine,
    async containerLogs(query) {
      if (!query.follow) await how.opening?.();
      const reply = await engine.containerLogs(query);
      const { body } = reply;
      if (query.follow) return { ...reply, body: passed(body, (whole) => framesOf(whole, how)) };
      how.opened?.();
      return how.cut?.() ? { ...reply, body: passed(body, halfOf) } : reply;
    },
  };
}

function passed(body: LogBody, pass: (body: LogBody) => AsyncIterator<Buffer>): LogBody {
  return { [Symbol.asyncIterator]: () => pass(body), destroy: () => body.destroy(), destroyed: false };
}

/** Whole frames, as many as came. */
async function* framesOf(body: LogBody, { isTwice = false, beforeTelling, told }: SnapshotHow) {
  let rest = Buffer.alloc(0);
  for await (const chunk of body) {
    const all = Buffer.concat([rest, chunk]);
    let to = 0;
    for (let next = 0; next <= all.length; next = to + 8 + all.readUInt32BE(to + 4)) {
      to = next;
      if (all.length - to < 8) break;
    }
    const frames = all.subarray(0, to);
    await beforeTelling?.();
    yield frames;
    if (isTwice) yield frames;
    // As what is received next is written over it.
    frames.fill(0);
    told?.(frames);
    rest = all.subarray(to);
  }
}

/** Up to the middle of a frame. */
async function* halfOf(body: LogBody) {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  const all = Buffer.concat(chunks);
  yield all.subarray(0, all.length / 2);
}

let number = 0;

/** Lines that all differ, which it gives. */
function printed(stage: Stage, id: string, count: number): string[] {
  const lines = Array.from({ length: count }, () => `${number++} ${"x".repeat(200)}`);
  for (const line of lines) stage.containers.print(id, { bytes: `${line}\n` });
  return lines;
}
