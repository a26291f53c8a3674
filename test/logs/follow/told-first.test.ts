import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Engine, LogQuery } from "../../../src/engine/engine.ts";
import type { FollowerOptions } from "../../../src/logs/follow/follower.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { engineWhere, type Stage, startStage } from "./stage.ts";

interface Case {
  readonly logOptions?: Readonly<Record<string, string>>;
  readonly follow?: Partial<FollowerOptions>;
  /** So many lines are printed after one is held. */
  readonly behindBy: number;
  /** The container is removed as this is asked for, or has been answered. */
  readonly removed?: { readonly when: "asked" | "open"; readonly how: Pick<LogQuery, "follow" | "tail"> };
}

const SMALL_FILES = { fileBytes: 10_240, keptFiles: 2, isOpenedAhead: true };
const CASES: Record<string, Case> = {
  "the driver removed lines": {
    logOptions: { "max-size": "10k", "max-file": "2" },
    follow: { rotation: { isOpenedAhead: false } },
    behindBy: 2_000,
  },
  "a follow that begins later is all that is left": {
    behindBy: 2_000,
    removed: { when: "asked", how: { follow: true, tail: 8_000 } },
  },
  "a follow of small files is all that is left": {
    logOptions: { "max-size": "10k", "max-file": "2" },
    follow: { rotation: SMALL_FILES },
    behindBy: 10,
    removed: { when: "open", how: { follow: true, tail: 0 } },
  },
};

describe("a gap is told before what comes after it is given, so that a kill in between hides none", () => {
  for (const [name, { logOptions = {}, follow, behindBy, removed }] of Object.entries(CASES))
    test(name, async () => {
      const stage = await startStage({}, { requestTimeoutMs: 60_000, searchPatienceMs: 60_000 });
      try {
        const id = stage.containers.run({ logOptions });
        const taken: LogLine[] = [];
        stage.containers.print(id, { bytes: "held\n" });
        const first = stage.follow(id, taken);
        await eventually(() => taken.length === 1);
        await first.stop();
        for (let number = 0; number < behindBy; number++) stage.containers.print(id, { bytes: `line ${number}\n` });
        const gapsThen: number[] = [];
        const { stop } = stage.follow(id, taken, {
          ...follow,
          engine: removed ? removing(stage, id, removed) : stage.engine,
          onLines: async () => void gapsThen.push(stage.telemetry.counted().tallyman_log_gaps_total ?? 0),
        });
        await eventually(() => gapsThen.length > 0);
        await stop();
        assert.equal(gapsThen[0], 1);
      } finally {
        await stage.close();
      }
    });

  test("the driver removed lines of a log that is followed", async () => {
    const stage = await startStage();
    try {
      const id = stage.containers.run({ logOptions: { "max-size": "10k", "max-file": "2" } });
      const gapsThen: number[] = [];
      const { stop } = stage.follow(id, [], {
        rotation: { isOpenedAhead: false },
        onLines: async () => void gapsThen.push(stage.telemetry.counted().tallyman_log_gaps_total ?? 0),
      });
      stage.containers.print(id, { bytes: "held\n" });
      await eventually(() => gapsThen.length === 1);
      stage.logStreams.drop();
      for (let number = 0; number < 2_000; number++) stage.containers.print(id, { bytes: `line ${number}\n` });
      await eventually(() => gapsThen.length > 1);
      await stop();
      assert.deepEqual(gapsThen.slice(0, 2), [0, 1]);
    } finally {
      await stage.close();
    }
  });
});

function removing(stage: Stage, id: string, { when, how }: NonNullable<Case["removed"]>): Engine {
  const isIt = ({ follow, tail }: LogQuery) => follow === how.follow && tail === how.tail;
  return engineWhere(stage.engine, isIt, {
    [when]() {
      stage.containers.print(id, { bytes: "last\n" });
      stage.containers.remove(id);
    },
  });
}
