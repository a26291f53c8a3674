import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeSettings, givenSettings } from "../../src/settings/describe.ts";
import { settingsTable } from "../../src/settings/table.ts";
import { loaded } from "./load-from.ts";

const given = loaded({
  env: { TALLYMAN_OTLP_INTERVAL: "15000", DOCKER_HOST: "unix:///d.sock" },
  file: "{ containers: { exclude: { names: ['a', 'b'] } }, resource: { attributes: { 'a.b': 'c', team: 'd' } } }",
});

describe("the description of the settings", () => {
  test("shows what was given, with its origin, as the file would hold it", () => {
    assert.deepEqual(describeSettings(given, { which: "given" }), [
      "{",
      "  engine: {",
      '    address: "unix:///d.sock", // DOCKER_HOST',
      "  },",
      "  containers: {",
      "    exclude: {",
      '      names: ["a", "b"], // ./config.json5',
      "    },",
      "  },",
      "  otlp: {",
      '    interval: "15s", // TALLYMAN_OTLP_INTERVAL',
      "  },",
      "  resource: {",
      '    attributes: { "a.b": "c", team: "d" }, // ./config.json5',
      "  },",
      "}",
    ]);
  });

  test("shows each setting, a default as such and an absent one as a comment", () => {
    const lines = describeSettings(given);
    for (const { path } of settingsTable()) {
      const name = path.split(".").at(-1);
      assert.ok(
        lines.some((line) => line.trim().startsWith(`${name}: `) || line.trim().startsWith(`// ${name}: `)),
        path,
      );
    }
    assert.ok(lines.includes('    timeout: "10s", // default'));
    assert.ok(lines.includes("    // instanceId: the engine's host name"));
  });

  test("gives the same settings when it is used as a file", () => {
    assert.deepEqual(loaded({ file: describeSettings(given).join("\n") }).settings, given.settings);
  });

  test("of nothing given is empty", () => {
    assert.deepEqual(describeSettings(loaded({}), { which: "given" }), ["{", "}"]);
    assert.deepEqual(givenSettings(loaded({})), {});
  });
});

test("for a log line the given settings are one field each", () => {
  assert.deepEqual(givenSettings(given), {
    "engine.address": '"unix:///d.sock" (DOCKER_HOST)',
    "containers.exclude.names": '["a", "b"] (./config.json5)',
    "otlp.interval": '"15s" (TALLYMAN_OTLP_INTERVAL)',
    "resource.attributes": '{ "a.b": "c", team: "d" } (./config.json5)',
  });
});
