import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCommandLine } from "../../src/settings/command-line.ts";
import { COMMANDS } from "../../src/settings/help.ts";
import { settingsTable } from "../../src/settings/table.ts";

describe("the command line", () => {
  test("runs when it names no command", () => {
    assert.deepEqual(parseCommandLine([]), { kind: "command", command: "run" });
  });

  for (const command of Object.keys(COMMANDS).filter((name) => name !== "exporter")) {
    test(`takes ${command}`, () => {
      const logs = command === "logs" ? { logs: { what: "ls", json: false } } : {};
      assert.deepEqual(parseCommandLine([command]), { kind: "command", command, ...logs });
    });
  }

  for (const args of [
    ["check", "--config", "a.json5"],
    ["--config=a.json5", "check"],
    ["-c", "a.json5", "check"],
  ]) {
    test(`takes the file of ${args.join(" ")}`, () => {
      assert.deepEqual(parseCommandLine(args), { kind: "command", command: "check", configFile: "a.json5" });
    });
  }

  test("asks for the version", () => assert.deepEqual(parseCommandLine(["--version"]), { kind: "version" }));
});

describe("a wrong command line is refused with exit code 2", () => {
  const cases: Record<string, string> = {
    chek: "tallyman: there is no command chek. Did you mean check? See tallyman --help.",
    help: "tallyman: there is no command help. Did you mean --help? See tallyman --help.",
    frobnicate: "tallyman: there is no command frobnicate. See tallyman --help.",
    "--verison": "tallyman: there is no option --verison. Did you mean --version? See tallyman --help.",
    "-x": "tallyman: there is no option -x. See tallyman --help.",
    "check once": "tallyman: one command at a time, got check and once. See tallyman --help.",
    "check --config": "tallyman: --config needs the path of a file. See tallyman --help.",
    "check --config=": "tallyman: --config needs the path of a file. See tallyman --help.",
    "--config --help": "tallyman: --config needs the path of a file. See tallyman --help.",
    "--help=yes": "tallyman: --help takes no value. See tallyman --help.",
  };
  for (const [args, message] of Object.entries(cases)) {
    test(args, () => assert.deepEqual(parseCommandLine(args.split(" ")), { kind: "refused", message, exitCode: 2 }));
  }
});

describe("the help", () => {
  const page = helpOf(["--help"]);

  test("is one page that names every command, option and exit code", () => {
    for (const word of [...Object.keys(COMMANDS), "--config FILE", "--help", "--version"])
      assert.ok(page.includes(word));
    for (const code of ["0  done", "1  something is wrong", "2  a wrong setting"]) assert.ok(page.includes(code));
    assert.ok(page.split("\n").length <= 50);
    assert.ok(page.split("\n").every((line) => line.length <= 130));
  });

  test("names only variables that exist", () => {
    const known = new Set(["TALLYMAN_CONFIG", ...settingsTable().map(({ variable }) => variable)]);
    const named = page.match(/TALLYMAN_\w+/g) ?? [];
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
    assert.ok(named.length > 5);
  });

  for (const command of Object.keys(COMMANDS)) {
    test(`of ${command} says what it does`, () => {
      for (const args of [
        [command, "--help"],
        ["-h", command],
      ]) {
        assert.ok(helpOf(args).startsWith(`tallyman ${command}: `));
      }
    });
  }
});

function helpOf(args: string[]): string {
  const result = parseCommandLine(args);
  assert.equal(result.kind, "help");
  return result.kind === "help" ? result.text : "";
}
