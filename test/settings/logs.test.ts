import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loaded, refused } from "./load-from.ts";

describe("the log pump", () => {
  test("is off by itself", () => assert.equal(loaded({}).settings.logs.enabled, false));

  test("is turned on by giving a folder, wherever it is given", () => {
    for (const given of [
      { env: { LOGS_DIR: "/logs" } },
      { env: { TALLYMAN_LOGS_DIR: "/logs" } },
      { file: "{ logs: { dir: '/logs' } }" },
    ]) {
      const { settings } = loaded(given);
      assert.deepEqual([settings.logs.enabled, settings.logs.dir], [true, "/logs"]);
    }
    assert.equal(loaded({ env: { LOGS_DIR: "/logs" } }).origins.get("logs.enabled"), "since LOGS_DIR gives logs.dir");
  });

  test("stays off where that is said, with a folder too", () => {
    const result = loaded({ env: { LOGS_DIR: "/logs", TALLYMAN_LOGS_ENABLED: "false" } });
    assert.equal(result.settings.logs.enabled, false);
  });

  test("is turned on without a folder of its own, which then is /var/log/tallyman", () => {
    const { settings } = loaded({ env: { TALLYMAN_LOGS_ENABLED: "true" } });
    assert.deepEqual([settings.logs.enabled, settings.logs.dir], [true, "/var/log/tallyman"]);
  });

  test("is not turned on by an empty LOGS_DIR, which is how compose hands on an unset one", () => {
    assert.equal(loaded({ env: { LOGS_DIR: " " } }).settings.logs.enabled, false);
  });

  test("keeps files of removed containers for days, written as such", () => {
    assert.equal(loaded({ file: "{ logs: { keepRemoved: '2d' } }" }).settings.logs.keepRemoved, 2 * 86_400_000);
    assert.equal(loaded({}).settings.logs.keepRemoved, 7 * 86_400_000);
  });
});

describe('the variables of the "metrics and logs collector"', () => {
  test("mean the settings of the same purpose", () => {
    const { logs } = loaded({
      env: {
        LOGS_DIR: "/logs",
        LOGS_CONTAINER_MAX_FILE_SIZE: "10485760",
        LOGS_CONTAINER_MAX_FILES: "3",
        LOG_LEVELS_MAPPING_PATH: "/etc/levels.json",
      },
    }).settings;
    assert.deepEqual([logs.maxFileSize, logs.maxFiles, logs.levels], [10_485_760, 3, "/etc/levels.json"]);
  });

  test("count less than Tallyman's own and more than the file", () => {
    const env = { LOGS_DIR: "/theirs", LOGS_CONTAINER_MAX_FILES: "3" };
    const file = "{ logs: { maxFiles: 4 } }";
    const { settings, origins } = loaded({ env: { ...env, TALLYMAN_LOGS_DIR: "/ours" }, file });
    assert.deepEqual([settings.logs.dir, settings.logs.maxFiles], ["/ours", 3]);
    assert.equal(origins.get("logs.maxFiles"), "LOGS_CONTAINER_MAX_FILES");
  });

  test("are refused where they are wrong", () => {
    assert.deepEqual(refused({ env: { LOGS_CONTAINER_MAX_FILES: "ten" } }).problems, [
      'logs.maxFiles (LOGS_CONTAINER_MAX_FILES): got "ten", expected a whole number from 1 to 10000.',
    ]);
  });
});

describe("a file that is larger than what all files may take", () => {
  test("is refused where both are given", () => {
    const file = "{ logs: { maxFileSize: '2MiB', maxTotalSize: '1MiB' } }";
    assert.deepEqual(refused({ file }).problems, [
      "logs.maxFileSize 2MiB (./config.json5) is more than logs.maxTotalSize 1MiB (./config.json5): not one file would fit. Lower the file's size.",
    ]);
  });

  test("is made smaller where its size is only the default", () => {
    const { settings, notes } = loaded({ env: { TALLYMAN_LOGS_MAX_TOTAL_SIZE: "1MiB" } });
    assert.equal(settings.logs.maxFileSize, 2 ** 20);
    assert.ok(
      notes.includes("logs.maxFileSize 10MiB (default) was lowered to 1MiB, as large as logs.maxTotalSize."),
      notes.join("\n"),
    );
  });
});

describe("a mode", () => {
  for (const mode of ["0640", "600"]) {
    test(`may be ${mode}`, () => assert.equal(loaded({ file: `{ logs: { fileMode: "${mode}" } }` }).ok, true));
  }
  for (const mode of ['"0888"', '"rw-r-----"', "416", '"04755"']) {
    test(`may not be ${mode}`, () => {
      assert.match(
        refused({ file: `{ logs: { fileMode: ${mode} } }` }).problems.join(),
        /expected an octal mode such as "0640"/,
      );
    });
  }
});
