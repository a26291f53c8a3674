import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseLevelRules } from "../../../src/logs/levels/parse-level-rules.ts";

describe("a bad file of rules for levels is refused with the place", () => {
  const own = (rule: string) => `{version: 2, rules: [\n  ${rule}\n]}`;
  const refusals: [what: string, text: string, ...problems: string[]][] = [
    ["broken text", '{\n  "a": }', "2:8: not JSON5: invalid character '}'."],
    ["no text", "", "1:1: not JSON5: invalid end of input."],
    ["no object", "3", "1:1: expected an object, got 3."],
    ["neither form", "{}", "1:1: version: expected 2, got nothing.", "1:1: rules: expected a list, got nothing."],
    ["another version", "{version: 1, rules: []}", "1:2: version: expected 2, got 1."],
    [
      "an unknown key",
      own("{macth: {}}"),
      '2:4: rules[0].macth: unknown key "macth"; known here: match, levels, ignore, default.',
    ],
    [
      "an unknown level",
      own("{levels: {fatal: []}}"),
      '2:13: rules[0].levels.fatal: unknown key "fatal"; known here: critical, error, warning, info, debug, trace.',
    ],
    [
      "a word that is none",
      own("{levels: {error: ['a', 3]}}"),
      '2:26: rules[0].levels.error[1]: expected a word or {re: "…"}, got 3.',
    ],
    ["a word without a list", own("{ignore: 'a'}"), '2:4: rules[0].ignore: expected a list, got "a".'],
    ["an empty word", own("{ignore: ['']}"), "2:13: rules[0].ignore[0]: it is empty, which every line has."],
    [
      "a broken expression",
      own("{ignore: [ {re: '(a'}]}"),
      "2:14: rules[0].ignore[0]: it is no regular expression: Unterminated group.",
    ],
    [
      "a long expression",
      own(`{ignore: [{re: '${"a".repeat(501)}'}]}`),
      "2:13: rules[0].ignore[0]: it is longer than 500 characters.",
    ],
    [
      "a flag that is none",
      own("{ignore: [{re: 'a', ignoreCase: 1}]}"),
      "2:23: rules[0].ignore[0].ignoreCase: expected true or false, got 1.",
    ],
    [
      "a default that is no level",
      own("{default: 'bad'}"),
      '2:4: rules[0].default: expected one of trace, debug, info, warning, error, critical, unknown, got "bad".',
    ],
    [
      "a stream that is none",
      own("{default: {out: 'info'}}"),
      '2:14: rules[0].default.out: unknown key "out"; known here: stdout, stderr.',
    ],
    ["a glob that is none", own("{match: {name: [1]}}"), "2:19: rules[0].match.name[0]: expected a text, got 1."],
    [
      "a label without a name",
      own("{match: {label: '=x'}}"),
      "2:12: rules[0].match.label: a label's glob begins with its name: name or name=value.",
    ],
    [
      "the collector's list that is none",
      '{"default_mapping": {"error_keywords": "ERROR"}}',
      '1:22: default_mapping.error_keywords: expected a list, got "ERROR".',
    ],
    [
      "a keyword that is none",
      '{"mappings": [{"container_keywords": ["a"],\n "error_keywords": ["b", null]}]}',
      "2:26: mappings[0].error_keywords[1]: expected a text.",
    ],
    [
      "a mapping of no container",
      '{"mappings": [{"error_keywords": []}]}',
      "1:15: mappings[0].container_keywords: expected a list, got nothing.",
    ],
    [
      "a misspelt key of the collector's",
      '{"default_mapping": {"eror_keywords": []}}',
      '1:22: default_mapping.eror_keywords: unknown key "eror_keywords"; known here: error_keywords, warning_keywords, messages_to_ignore_errors.',
    ],
  ];
  for (const [what, text, ...problems] of refusals) {
    test(what, () => {
      assert.deepEqual(parseLevelRules(text, "levels.json5"), {
        problems: problems.map((problem) => `levels.json5:${problem}`),
      });
    });
  }

  test("a file that is too long to be one", () => {
    assert.deepEqual(parseLevelRules(" ".repeat(1024 * 1024 + 1), "l"), {
      problems: ["l: longer than 1048576 characters."],
    });
  });
});

describe("an expression that could take for ever is refused", () => {
  const costly = [
    "(a+)+",
    "(a|ab)*c",
    "((a*)b)+",
    "(?:x{2,})*",
    "(a*){5}",
    "([)]+)+",
    "((a+)+)?",
    ".*.*.*x",
    "a*a*a*a$",
  ];
  for (const re of [...costly, "\\s+\\S+ .+ .+x", "(ab)+(bc)+(cd)+", "\\w+e\\w+f\\w+g", "(?<n>a+)*", "E+e+E+e"]) {
    test(re, () => assert.match(JSON.stringify(parse(re)), /can take for ever/));
  }
  const cheap = [
    "(a|b)c",
    "a+b*",
    "(a+)?",
    "\\(a+\\)+",
    "[(+]+[)*]+",
    "(?:ERROR|FATAL) \\d{3}",
    "^\\[E\\]",
    "(ab)+",
    "conn.*fail.*",
  ];
  for (const re of [...cheap, "^\\S+ \\S+ \\[\\w+\\] ERR", "\\d+:\\d+:\\d+", '="[^"]*" [^ ]+ [^\\]]+\\]']) {
    test(`but not ${re}`, () => assert.ok("rules" in parse(re), JSON.stringify(parse(re))));
  }

  const parse = (re: string) =>
    parseLevelRules(JSON.stringify({ version: 2, rules: [{ levels: { error: [{ re }] } }] }), "levels.json5");
});

describe("a file of rules for levels", () => {
  test("may have remarks, in comments and in keys that begin with _ or $", () => {
    const text = `// Ours.
      {"$schema": "x", _why: "y", version: 2, /* one */ rules: [{_: 1, levels: {_about: "z", error: ["a"],},},],}`;
    assert.ok("rules" in parseLevelRules(text, "levels.json5"));
  });

  test("is told of at the right place behind comments, strings and whatever line ends", () => {
    const text = `// {\r\n{ /* [ \n */ version: 2, "rules": [{}, {ignore: ["]}", 'it\\'s // "', 7]}]}`;
    const parsed = parseLevelRules(text, "l");
    assert.ok("problems" in parsed);
    assert.match(parsed.problems[0] ?? "", /^l:3:61: rules\[1\]\.ignore\[2\]: /);
  });
});
