import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { cri, emptyFolder, put, WEB } from "../logs/kept/kept-folder.ts";
import { type Stage, startStage } from "./harness/stage.ts";
import { runTallyman } from "./harness/tallyman.ts";

async function checked(stage: Stage, env: Record<string, string>) {
  const { code, stdout } = await runTallyman({ ...stage.env, ...env }, "check");
  return { code, logs: stdout.slice(stdout.indexOf("\nLogs\n") + 6) };
}

describe("tallyman check on logs", { concurrency: 3 }, () => {
  test("says how to have them where they are not kept", async (t) => {
    const { code, logs } = await checked(await startStage({}, t), {});
    assert.equal(code, 0);
    assert.match(logs, /^ {2}ok +not kept: LOGS_DIR or logs\.dir turns it on$/m);
  });

  test("tells of folder, space and containers, without making or locking anything", async (t) => {
    const stage = await startStage({}, t);
    const dir = emptyFolder(t);
    put(dir, { [`web/web-${WEB}.log`]: cri(1) });
    const { containers } = stage.engine;
    containers.run({ name: "web", logDriver: "local" });
    containers.run({ name: "quiet", labels: { "tallyman.logs": "no" } });
    const { code, logs } = await checked(stage, { LOGS_DIR: dir, TALLYMAN_LOGS_MAX_TOTAL_SIZE: "64KiB" });
    assert.equal(code, 0, logs);
    assert.match(logs, new RegExp(`^ {2}ok +${dir} can be written to$`, "m"));
    assert.match(logs, /^ {2}ok +[\d.]+ \w+ are free; the files take \d+ B, they may take 64\.0 KiB$/m);
    assert.match(logs, /^ {2}ok +1 containers are chosen$/m);
    const missing = await checked(stage, { LOGS_DIR: join(dir, "a/b") });
    assert.match(missing.logs, /^ {2}ok +.*a\/b is not there yet, and can be made$/m);
  });

  test("names containers whose driver gives nothing back, and such as lose lines by rotation", async (t) => {
    const stage = await startStage({}, t);
    const { containers } = stage.engine;
    containers.run({ name: "mute", logDriver: "none" });
    containers.run({ name: "chatty", logOptions: { "max-size": "10m" } });
    const { code, logs } = await checked(stage, { LOGS_DIR: emptyFolder(t) });
    assert.equal(code, 0, "what a user chose for a container is no reason to call the agent unhealthy");
    assert.match(logs, /^ {2}ok +1 of them keep nothing that could be read: mute \(none\)\n +Give these/m);
    assert.match(logs, /^ {2}ok +1 of them rotate a json-file: chatty\n +The engine may/m);
  });

  test("asks the receiver of logs where they are sent to one", async (t) => {
    const stage = await startStage({}, t);
    const env = { LOGS_DIR: emptyFolder(t), TALLYMAN_LOGS_OTLP_ENABLED: "true" };
    const well = await checked(stage, env);
    assert.equal(well.code, 0, well.logs);
    assert.match(well.logs, /^ {2}ok +http:\/\/\S+\/v1\/logs: accepted an OTLP request \(http\/protobuf\) in \d+ ms$/m);
    const elsewhere = { TALLYMAN_LOGS_OTLP_ENDPOINT: `${stage.receiver.httpEndpoint}/not/there` };
    const wrong = await checked(stage, { ...env, ...elsewhere });
    assert.equal(wrong.code, 1);
    assert.match(
      wrong.logs,
      /^ {2}FAIL .*\/not\/there: HTTP 404.*\n +Check the path \/not\/there of logs\.otlp\.endpoint/m,
    );
  });

  const WRONG: Record<string, { prepare(dir: string): Record<string, string>; said: RegExp }> = {
    "the folder is none": {
      prepare(dir) {
        writeFileSync(join(dir, "file"), "");
        return { LOGS_DIR: join(dir, "file") };
      },
      said: /FAIL .*file is no folder\n +Mount a volume/,
    },
    "a file stands above the folder": {
      prepare(dir) {
        writeFileSync(join(dir, "file"), "");
        return { LOGS_DIR: join(dir, "file/logs") };
      },
      said: /FAIL .*file\/logs: ENOTDIR\n +Mount a volume/,
    },
    "all files together may take more than there is": {
      prepare: (dir) => ({ LOGS_DIR: dir, TALLYMAN_LOGS_MAX_TOTAL_SIZE: "1048576GiB" }),
      said: /FAIL .* are free; .*may take 1048576\.0 GiB\n +Lower logs\.maxTotalSize/,
    },
    "the rules of levels are wrong": {
      prepare(dir) {
        writeFileSync(join(dir, "levels.json5"), "{ version: 3 }");
        return { LOGS_DIR: dir, TALLYMAN_LOGS_LEVELS: join(dir, "levels.json5") };
      },
      said: /FAIL .*levels\.json5:1:\d+: /,
    },
  };
  for (const [what, { prepare, said }] of Object.entries(WRONG)) {
    test(`exits with 1 and a remedy where ${what}`, async (t) => {
      const { code, logs } = await checked(await startStage({}, t), prepare(emptyFolder(t)));
      assert.equal(code, 1);
      assert.match(logs, said);
    });
  }
});
