import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCommandLine } from "../../src/settings/command-line.ts";

const SHOW = { what: "show", name: "web", timestamps: false, follow: false };

describe("tallyman logs", () => {
  const lines: Record<string, object> = {
    logs: { what: "ls", json: false },
    "logs ls --json": { what: "ls", json: true },
    "logs show web": SHOW,
    "logs show web -f -t -n 5": { ...SHOW, follow: true, timestamps: true, tail: 5 },
    "logs show --since 10m web": { ...SHOW, since: { agoMs: 600_000 } },
    "logs show web --since 2d --until 1h": { ...SHOW, since: { agoMs: 172_800_000 }, until: { agoMs: 3_600_000 } },
    "logs show web --since=2026-11-21T05:00:00.5Z": { ...SHOW, since: { time: "2026-11-21T05:00:00.500000000Z" } },
    "logs show web --since 2026-11-21": { ...SHOW, since: { time: "2026-11-21T00:00:00.000000000Z" } },
    "logs show web --level warning --stream stderr": { ...SHOW, level: "warning", stream: "stderr" },
  };
  for (const [line, logs] of Object.entries(lines)) {
    test(`takes ${line}`, () => {
      assert.deepEqual(parseCommandLine(line.split(" ")), { kind: "command", command: "logs", logs });
    });
  }

  const wrong: Record<string, string> = {
    "logs shw web": "there is no command logs shw; did you mean logs show?",
    "logs rm": "there is no command logs rm",
    "logs show": "logs show needs the name of a container; tallyman logs ls lists them",
    "logs show a b": "one container at a time, got a and b",
    "logs ls web": "logs ls takes no name, got web",
    "logs ls --follow": "--follow is of logs show",
    "logs show web --json": "--json is of logs ls",
    "logs show web --since 10": "--since needs a duration or a time, such as 10m or 2026-11-21T05:00:00Z",
    "logs show web --until soon": "--until needs a duration or a time, such as 10m or 2026-11-21T05:00:00Z",
    "logs show web --level warn": "--level needs one of trace, debug, info, warning, error, critical",
    "logs show web --stream stdin": "--stream needs one of stdout, stderr",
    "logs show web --tail -5": "--tail needs a value",
    "logs show web --tail": "--tail needs a value",
    "logs show web -n all": "--tail needs a whole number up to 9999999",
    "logs show web --follow --until 1m": "--follow and --until contradict each other",
    "check --follow": "--follow is an option of logs",
  };
  for (const [line, message] of Object.entries(wrong)) {
    test(`refuses ${line}`, () => {
      assert.deepEqual(parseCommandLine(line.split(" ")), {
        kind: "refused",
        message: `tallyman: ${message}. See tallyman --help.`,
        exitCode: 2,
      });
    });
  }

  test("tells by its help of both", () => {
    const result = parseCommandLine(["logs", "--help"]);
    assert.ok(result.kind === "help");
    for (const word of ["logs ls", "logs show NAME", "--since", "--level", "--tail", "--follow", "--json"]) {
      assert.ok(result.text.includes(word), word);
    }
  });
});
