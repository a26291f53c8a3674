import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeSettings, givenSettings } from "../../src/settings/describe.ts";
import { loaded, refused } from "./load-from.ts";

describe("programs in the settings", () => {
  test("are objects by name, whose durations are read like all others", () => {
    const file = `{ programs: { list: {
      dummy: { command: "/usr/lib/dummy", arguments: ["a b", ""], timeLimit: "5s", interval: "1m" },
      "core-sw.1": { command: "python3", clientArguments: ["*"], environment: { A: "x=y" }, workingFolder: "/srv" },
    } } }`;
    assert.deepEqual(loaded({ file }).settings.programs.list, {
      dummy: { command: "/usr/lib/dummy", arguments: ["a b", ""], timeLimit: 5000, interval: 60_000 },
      "core-sw.1": { command: "python3", clientArguments: ["*"], environment: { A: "x=y" }, workingFolder: "/srv" },
    });
  });

  test("may stand in a variable as JSON5", () => {
    const env = { TALLYMAN_PROGRAMS_LIST: "{ dummy: { command: '/usr/lib/dummy' } }" };
    assert.deepEqual(loaded({ env }).settings.programs.list, { dummy: { command: "/usr/lib/dummy" } });
  });

  test("are none unless they are given", () => {
    const { list, folder, workers } = loaded({}).settings.programs;
    assert.deepEqual([list, folder, workers], [undefined, undefined, 2]);
  });

  test("show neither their variables' values nor more than was given", () => {
    const file = `{ programs: { list: { dummy: { command: "/d", environment: { KEY: "hush" }, timeLimit: "5s" } } } }`;
    const result = loaded({ file });
    const text = describeSettings(result, { which: "given" }).join("\n");
    assert.match(text, /list: \{ dummy: \{ command: "\/d", environment: \{ KEY: "\*\*\*" \}, timeLimit: "5s" \} \}/);
    assert.doesNotMatch(text + JSON.stringify(givenSettings(result)), /hush/);
  });

  const WRONG: Record<string, string> = {
    "{ list: ['dummy'] }": "programs.list (./config.json5): got a list, expected an object, each name a program's name",
    "{ list: { dummy: '/usr/lib/dummy' } }":
      'programs.list["dummy"] (./config.json5): got "/usr/lib/dummy", expected an object with command, arguments,',
    "{ list: { '../dummy': { command: '/d' } } }":
      'programs.list (./config.json5): got "../dummy", expected a program\'s name, such as "dummy"',
    "{ list: { '.hidden': { command: '/d' } } }": 'programs.list (./config.json5): got ".hidden", expected',
    "{ list: { dummy: { comand: '/d' } } }":
      'programs.list["dummy"] (./config.json5): got the unknown "comand", expected an object with command,',
    "{ list: { dummy: { command: 'bin/dummy' } } }":
      'programs.list["dummy"].command (./config.json5): got "bin/dummy", expected an absolute path',
    "{ list: { dummy: { command: '/d', arguments: '--x' } } }":
      'programs.list["dummy"].arguments (./config.json5): got "--x", expected a list, each item an argument',
    "{ list: { dummy: { command: '/d', arguments: ['a', 7] } } }":
      'programs.list["dummy"].arguments[1] (./config.json5): got 7, expected an argument.',
    "{ list: { dummy: { command: '/d', timeLimit: 'soon' } } }":
      'programs.list["dummy"].timeLimit (./config.json5): got "soon", expected a duration from 100ms to 1h',
    "{ list: { dummy: { command: '/d', environment: { KEY: ['hush'] } } } }":
      'programs.list["dummy"].environment["KEY"] (./config.json5): got a value that is not shown, expected a text',
    "{ list: { dummy: {} } }":
      'programs.list["dummy"] (./config.json5): needs a command, since no programs.folder is given.',
  };
  for (const [programs, problem] of Object.entries(WRONG)) {
    test(`are refused with their place: ${programs}`, () => {
      const { problems } = refused({ file: `{ programs: ${programs} }` });
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.slice(0, problem.length), problem);
    });
  }

  test("are told the nearest name of an unknown field", () => {
    const [problem] = refused({ file: "{ programs: { list: { dummy: { comand: '/d' } } } }" }).problems;
    assert.match(problem as string, / Did you mean command\?$/);
  });
});
