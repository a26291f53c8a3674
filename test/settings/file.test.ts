import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileError, loaded, refused } from "./load-from.ts";

const here = (name: string) => `/srv/agent/${name}`;

describe("the settings file", () => {
  const files = {
    "/named.json5": "{ log: { level: 'error' } }",
    [here("named.json5")]: "{ log: { level: 'warn' } }",
    [here("config.json5")]: "{ log: { level: 'debug' } }",
    [here("config.json")]: '{ "log": { "level": "silent" } }',
    "/etc/tallyman/config.json5": "{ log: { format: 'json' } }",
    "/etc/containerspy/config.json": "{ log: { format: 'text' } }",
  };

  test("is the one that --config names, before all others", () => {
    const env = { TALLYMAN_CONFIG: "/elsewhere", CSPY_CONFIG: "/elsewhere" };
    const result = loaded({ files, env, configFile: "/named.json5" });
    assert.equal(result.file, "/named.json5");
    assert.equal(result.settings.log.level, "error");
  });

  test("is else the one that TALLYMAN_CONFIG names, from the working directory on", () => {
    const result = loaded({ files, env: { TALLYMAN_CONFIG: "named.json5", CSPY_CONFIG: "/elsewhere" } });
    assert.equal(result.file, "named.json5");
    assert.equal(result.settings.log.level, "warn");
  });

  test("is else the one that CSPY_CONFIG names", () => {
    assert.equal(loaded({ files, env: { TALLYMAN_CONFIG: "", CSPY_CONFIG: "/named.json5" } }).file, "/named.json5");
  });

  test("is else the first of the known places that has one", () => {
    const places = ["./config.json5", "./config.json", "/etc/tallyman/config.json5", "/etc/containerspy/config.json"];
    const texts = Object.entries(files).slice(2);
    for (const [index, place] of places.entries()) {
      assert.equal(loaded({ files: Object.fromEntries(texts.slice(index)) }).file, place);
    }
  });

  test("may be absent when none is named", () => {
    assert.equal(loaded({ files: { [here("config.json5")]: fileError("ENOTDIR") } }).file, undefined);
  });

  test("may hold comments, bare keys, trailing commas, and its editor's schema", () => {
    const file = '{ "$schema": "./config.schema.json", /* a */ log: { level: "warn", }, // b\n }';
    assert.equal(loaded({ file }).settings.log.level, "warn");
  });
});

describe("a settings file that can't be taken", () => {
  const cases: [name: string, sources: Parameters<typeof refused>[0], problem: string][] = [
    [
      "is told when it was named and is missing",
      { configFile: "/etc/nothing.json5" },
      "/etc/nothing.json5: the settings file, named by --config, can't be read: there is no such file.",
    ],
    [
      "is told with the variable that names it",
      { env: { CSPY_CONFIG: "nothing.json" } },
      "nothing.json: the settings file, named by CSPY_CONFIG, can't be read: there is no such file.",
    ],
    [
      "is told when it is a directory, as a bind mount of a missing file makes one",
      { files: { "/etc/containerspy/config.json": fileError("EISDIR") } },
      "/etc/containerspy/config.json: the settings file can't be read: it is a directory (a bind mount of a file that does not exist makes one).",
    ],
    [
      "is told when this user may not read it",
      { files: { "/etc/tallyman/config.json5": fileError("EACCES") } },
      "/etc/tallyman/config.json5: the settings file can't be read: this user may not read it.",
    ],
    [
      "is told with line and column when it is not JSON5",
      { file: "{\n  otlp: {\n    interval: 15s,\n  },\n}" },
      "./config.json5:3:17: not JSON5: invalid character 's'.",
    ],
    ["is told when it ends too early", { file: "{ otlp: {" }, "./config.json5:1:10: not JSON5: invalid end of input."],
    ["is told when it is empty", { file: "" }, "./config.json5:1:1: not JSON5: invalid end of input."],
    [
      "is told when it holds no object",
      { file: "[1]" },
      "./config.json5: the settings file must hold an object: { … }.",
    ],
    [
      "is told when it is absurdly long",
      { file: " ".repeat(1_048_577) },
      "./config.json5: the settings file is longer than 1048576 characters.",
    ],
  ];
  for (const [name, sources, problem] of cases) {
    test(name, () => assert.deepEqual(refused(sources).problems, [problem]));
  }
});
