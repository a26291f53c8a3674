import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCommandLine } from "../../src/settings/command-line.ts";

const PLAIN = { name: "dummy", arguments: [], print: true, debug: false };

describe("tallyman exporter", () => {
  const cases: Record<string, object> = {
    "exporter dummy": PLAIN,
    "--exporter dummy": PLAIN,
    "--exporter=dummy": PLAIN,
    "exporter dummy --target=core-sw01 --verbose -v x": {
      ...PLAIN,
      arguments: ["--target=core-sw01", "--verbose", "-v", "x"],
    },
    "--exporter dummy --target core-sw01": { ...PLAIN, arguments: ["--target", "core-sw01"] },
    "exporter --no-print dummy --pushgateway-address gateway:9091 --x": {
      ...PLAIN,
      arguments: ["--x"],
      print: false,
      pushgateway: "gateway:9091",
    },
    "exporter --pushgateway-address=gateway:9091 dummy": { ...PLAIN, pushgateway: "gateway:9091" },
    "--pushgateway-address gateway:9091 --no-print --exporter dummy": {
      ...PLAIN,
      print: false,
      pushgateway: "gateway:9091",
    },
    "exporter dummy --debug": { ...PLAIN, debug: true },
    "exporter dummy -- --debug -h -- x": { ...PLAIN, arguments: ["--debug", "-h", "--", "x"] },
    "exporter -- dummy --no-print": { ...PLAIN, arguments: ["--no-print"] },
    "exporter dummy -c public --config x --version": {
      ...PLAIN,
      arguments: ["-c", "public", "--config", "x", "--version"],
    },
    "exporter dummy --debug=1 exporter": { ...PLAIN, arguments: ["--debug=1", "exporter"] },
  };
  for (const [words, exporter] of Object.entries(cases)) {
    test(words, () => {
      assert.deepEqual(parseCommandLine(words.split(" ")), { kind: "command", command: "exporter", exporter });
    });
  }

  for (const words of ["-c a.json5 exporter dummy", "exporter --config=a.json5 dummy", "--exporter dummy -c a.json5"]) {
    test(`${words}: the settings file is named before the program`, () => {
      const line = parseCommandLine(words.split(" "));
      assert.ok(line.kind === "command");
      const isBefore = !words.endsWith("a.json5");
      assert.equal(line.configFile, isBefore ? "a.json5" : undefined);
      assert.deepEqual(line.exporter?.arguments, isBefore ? [] : ["-c", "a.json5"]);
    });
  }

  test("gives the program its arguments as they are", () => {
    const line = parseCommandLine(["exporter", "dummy", "a b", "", "$(id)", "x\ny"]);
    assert.deepEqual(line.kind === "command" && line.exporter?.arguments, ["a b", "", "$(id)", "x\ny"]);
  });

  for (const words of ["exporter -h", "exporter dummy --help", "--exporter dummy -h", "-h exporter"]) {
    test(`${words} explains it`, () => {
      const line = parseCommandLine(words.split(" "));
      assert.ok(line.kind === "help");
      assert.match(line.text, /^tallyman exporter: .*Usage: tallyman exporter NAME \[arguments…\] \[options\]/s);
      for (const word of ["--pushgateway-address", "--no-print", "--debug"]) assert.ok(line.text.includes(word));
    });
  }

  const WRONG: Record<string, string> = {
    exporter: "exporter needs the name of a program",
    "exporter --debug": "exporter needs the name of a program",
    "--exporter": "--exporter needs a value",
    "--exporter=": "--exporter needs a value",
    "exporter dummy --pushgateway-address": "--pushgateway-address needs a value",
    "exporter --verbose dummy": "there is no option --verbose; a program's arguments come after its name",
    "exporter dummy --exporter other": "one program at a time",
  };
  for (const [words, problem] of Object.entries(WRONG)) {
    test(`${words} is refused`, () => {
      const message = `tallyman: ${problem}. See tallyman --help.`;
      assert.deepEqual(parseCommandLine(words.split(" ")), { kind: "refused", message, exitCode: 2 });
    });
  }

  test("leaves other command lines alone", () => {
    assert.deepEqual(parseCommandLine(["check", "-c", "a"]), { kind: "command", command: "check", configFile: "a" });
    assert.equal(parseCommandLine(["check", "exporter"]).kind, "refused");
    assert.equal(parseCommandLine(["--debug"]).kind, "refused");
  });
});
