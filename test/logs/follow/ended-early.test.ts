import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Engine, EngineError } from "../../../src/engine/engine.ts";
import type { OpenedEnd } from "../../../src/logs/follow/follow-end.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { type Stage, startStage, texts } from "./stage.ts";

const LINES = 10;
const REFUSED = new EngineError("it is marked for removal", { kind: "refused-by-engine" });

interface Scene {
  readonly engineVersion?: string;
  readonly hasToldMuch?: boolean;
  readonly tail?: OpenedEnd["tail"];
  /** Of what was asked for when it died. */
  readonly isRefused?: boolean;
  /** The engine has removed it before its follow is asked for. */
  readonly isLate?: boolean;
}

/** Of a container that prints until its end, and is removed by it, its follow ends in the middle as if complete. */
async function followedToItsEnd({ engineVersion = "20.10.24", ...scene }: Scene) {
  const { hasToldMuch = true, tail = 64_000, isRefused = false, isLate = false } = scene;
  const stage = await startStage({ engineVersion });
  try {
    const id = stage.containers.run();
    printed(stage, id, 0);
    let opened: OpenedEnd | undefined;

    async function dies() {
      printed(stage, id, LINES);
      const query = { id, follow: false, tail, signal: new AbortController().signal };
      const reply = isRefused ? Promise.reject(REFUSED) : stage.engine.containerLogs(query);
      opened = { reply, tail, hasToldMuch };
      await reply.catch(() => undefined);
      stage.containers.remove(id);
    }

    const engine: Engine = {
      ...stage.engine,
      async containerLogs(query) {
        if (isLate && query.follow) await dies();
        const reply = await stage.engine.containerLogs({ ...query, follow: false });
        if (query.follow) await dies();
        return reply;
      },
    };
    const taken: LogLine[] = [];
    const takeEnd = () => {
      const end = opened;
      opened = undefined;
      return end;
    };
    const end = await stage.follow(id, taken, { engine, takeEnd }).end;
    return { end, taken: texts(taken), counted: stage.telemetry.counted() };
  } finally {
    await stage.close();
  }
}

function printed({ containers }: Stage, id: string, from: number) {
  for (let at = from; at < from + LINES; at++) containers.print(id, { bytes: `line ${at}\n` });
}

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `line ${at}`);
}

describe("of a container that goes with its end, and whose follow ended before", () => {
  test("the rest comes from what was asked for when it died", async () => {
    const { end, taken, counted } = await followedToItsEnd({ tail: 15 });
    assert.deepEqual([end, taken, counted], [{ kind: "removed" }, lines(2 * LINES), {}]);
  });

  test("a gap is told where that was refused", async () => {
    const { end, taken, counted } = await followedToItsEnd({ isRefused: true });
    assert.deepEqual([end, taken], [{ kind: "removed" }, lines(LINES)]);
    assert.equal(counted.tallyman_log_gaps_total, 1);
  });

  test("a gap is told where that begins after what is held", async () => {
    const { taken, counted } = await followedToItsEnd({ tail: 5 });
    assert.deepEqual(taken, lines(LINES));
    assert.equal(counted.tallyman_log_gaps_total, 1);
  });

  for (const { what, scene } of [
    { what: "of one that told little", scene: { hasToldMuch: false } },
    { what: "by an engine whose follows come to the end", scene: { engineVersion: "28.5.2" } },
  ])
    test(`no gap is told ${what}`, async () => {
      const { counted } = await followedToItsEnd({ isRefused: true, ...scene });
      assert.equal(counted.tallyman_log_gaps_total, undefined);
    });
});

test("of a container that was gone when its log was asked for, all comes from what was asked for when it died", async () => {
  const { end, taken, counted } = await followedToItsEnd({ tail: "all", isLate: true });
  assert.deepEqual([end, taken, counted], [{ kind: "removed" }, lines(2 * LINES), {}]);
});
