import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, EngineError } from "../../../src/engine/engine.ts";
import type { LogLine } from "../../../src/logs/log-line.ts";
import { eventually } from "../../support/eventually.ts";
import { startStage, texts } from "./stage.ts";

test("what is printed after all that is left was opened, and before a follow is, is read too", async () => {
  const stage = await startStage();
  try {
    const id = stage.containers.run({ logOptions: { "max-size": "10k", "max-file": "2" } });
    const taken: LogLine[] = [];
    stage.containers.print(id, { bytes: "held\n" });
    const first = stage.follow(id, taken);
    await eventually(() => taken.length === 1);
    await first.stop();
    for (let count = 0; count < 2_000; count++) stage.containers.print(id, { bytes: `line ${count}\n` });
    const ofAll = () => stage.requests.entries.filter(({ url }) => /follow=0.*tail=all/.test(url)).length;
    let isCut = false;
    const engine: Engine = {
      ...stage.engine,
      async containerLogs(query) {
        if (query.tail !== 1_000 || isCut) return stage.engine.containerLogs(query);
        isCut = true;
        // The first told that the held line may be gone, and so the second was opened.
        await eventually(() => ofAll() === 2);
        await stage.engine.listContainers({ all: true });
        stage.containers.print(id, { bytes: "last\n" });
        throw new EngineError("it is cut", { kind: "unreachable" });
      },
    };
    const rotation = { fileBytes: 10_000, keptFiles: 2, isOpenedAhead: false };
    const following = stage.follow(id, taken, { engine, rotation });
    await eventually(() => texts(taken).at(-1) === "last", { withinMs: 10_000 });
    await following.stop();
    assert.equal(stage.telemetry.counted().tallyman_log_gaps_total, 1);
  } finally {
    await stage.close();
  }
});
