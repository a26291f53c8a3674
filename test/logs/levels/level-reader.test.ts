import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Level } from "../../../src/logs/levels/level.ts";
import { createLevelReader } from "../../../src/logs/levels/level-reader.ts";
import type { LevelContainer, LevelRules } from "../../../src/logs/levels/level-rules.ts";
import { parseLevelRules } from "../../../src/logs/levels/parse-level-rules.ts";
import type { LogStream } from "../../../src/logs/log-line.ts";

const MAPPING = readFileSync(join(import.meta.dirname, "../../fixtures/logs/levels-mapping.json"), "utf8");

describe("without rules", () => {
  test("a line has the level that its form tells, or none", () => {
    assert.equal(levelOf({ line: "2026/11/21 05:00:00 [error] 29#29: *1 open() failed" }), "error");
    assert.equal(levelOf({ line: "listening on :8080" }), "unknown");
    assert.equal(levelOf({ line: "STATEMENT:  SELECT 'ERROR'" }), "unknown");
  });

  test("a line of stderr is no error for that alone", () => {
    assert.equal(levelOf({ line: "listening on :8080", stream: "stderr" }), "unknown");
  });
});

describe("the collector's mapping file", () => {
  const rules = rulesOf(MAPPING);

  test("knows errors and warnings by parts of a line, in their case, errors first", () => {
    assert.equal(levelOf({ rules, line: "xERRORx" }), "error");
    assert.equal(levelOf({ rules, line: "WARN and ERROR" }), "error");
    assert.equal(levelOf({ rules, line: "WARNING" }), "warning");
    assert.equal(levelOf({ rules, line: '{"level":"error"}' }), "error");
    assert.equal(levelOf({ rules, line: "an error" }), "info");
  });

  test("takes all other lines for info, whatever their form tells", () => {
    assert.equal(levelOf({ rules, line: "level=debug msg=tick" }), "info");
    assert.equal(levelOf({ rules, line: "[crit] x", stream: "stderr" }), "info");
  });

  test("takes an error that is to be ignored for info, and leaves warnings alone", () => {
    assert.equal(levelOf({ rules, line: "ERROR_LOG=/x" }), "info");
    assert.equal(levelOf({ rules, line: "WARN ERROR_LOG=/x" }), "info");
    assert.equal(levelOf({ rules, line: "WARN error handler ready" }), "warning");
  });

  test("gives a container the first mapping of which a keyword is part of its name", () => {
    const postgres = { name: "shop-postgres-1" };
    assert.equal(levelOf({ rules, container: postgres, line: "FATAL: x" }), "warning");
    assert.equal(levelOf({ rules, container: postgres, line: "ERROR x" }), "info");
    assert.equal(levelOf({ rules, container: { name: "postfix" }, line: "fatal: x" }), "error");
    assert.equal(levelOf({ rules, container: { name: "Postgres" }, line: "FATAL: x" }), "error");
  });

  test("may lack everything: then all lines are info", () => {
    for (const text of ['{"mappings":[]}', '{"default_mapping":{}}', '{"default_mapping":{"error_keywords":[]}}']) {
      assert.equal(levelOf({ rules: rulesOf(text), line: "ERROR" }), "info", text);
    }
  });
});

describe("rules of our own", () => {
  test("give the worst level of which a line has a word", () => {
    const rules = rulesOf(`{version: 2, rules: [{levels: {debug: ["boom"], error: ["bang"], critical: ["crash"]}}]}`);
    assert.equal(levelOf({ rules, line: "boom" }), "debug");
    assert.equal(levelOf({ rules, line: "boom bang" }), "error");
    assert.equal(levelOf({ rules, line: "boom bang crash" }), "critical");
  });

  test("come before what a line tells by its form, and their default after it", () => {
    const rules = rulesOf(`{version: 2, rules: [{levels: {info: ["known bug"]}, default: {stderr: "warning"}}]}`);
    assert.equal(levelOf({ rules, line: "ERROR known bug" }), "info");
    assert.equal(levelOf({ rules, line: "ERROR x", stream: "stderr" }), "error");
    assert.equal(levelOf({ rules, line: "x", stream: "stderr" }), "warning");
    assert.equal(levelOf({ rules, line: "STATEMENT:  x", stream: "stderr" }), "warning");
    assert.equal(levelOf({ rules, line: "x", stream: "stdout" }), "unknown");
  });

  test("may ignore lines, which then are no worse than info, and no better than they were", () => {
    const rules = rulesOf(`{version: 2, rules: [{ignore: ["harmless"], default: "error"}]}`);
    assert.equal(levelOf({ rules, line: "FATAL harmless" }), "info");
    assert.equal(levelOf({ rules, line: "WARN harmless" }), "info");
    assert.equal(levelOf({ rules, line: "harmless" }), "info");
    assert.equal(levelOf({ rules, line: "DEBUG harmless" }), "debug");
    assert.equal(levelOf({ rules, line: "WARN" }), "warning");
  });

  test("choose containers by globs on name, image and label, all that are given; the first rule counts", () => {
    const rules = rulesOf(`{version: 2, rules: [
      {match: {name: "web-*", image: ["nginx:*", "httpd:*"], label: "tier=front"}, default: "trace"},
      {match: {label: ["quiet", "silent"]}, default: "debug"},
      {match: {name: "web-*"}, default: "info"},
    ]}`);
    const of = (container: LevelContainer) => levelOf({ rules, container, line: "x" });
    assert.equal(of({ name: "web-1", image: "nginx:1.27", labels: { tier: "front" } }), "trace");
    assert.equal(of({ name: "web-1", image: "nginx:1.27", labels: { tier: "back" } }), "info");
    assert.equal(of({ name: "web-1", image: "caddy:2", labels: { tier: "front" } }), "info");
    assert.equal(of({ name: "web-1", labels: { silent: "" } }), "debug");
    assert.equal(of({ name: "db-1", image: "nginx:1.27" }), "unknown");
  });

  test("an image that is not known fits no glob on images", () => {
    const rules = rulesOf(`{version: 2, rules: [{match: {image: "*"}, default: "info"}]}`);
    assert.equal(levelOf({ rules, line: "x" }), "unknown");
    assert.equal(levelOf({ rules, container: { name: "a", image: "b" }, line: "x" }), "info");
  });

  test("words are taken as they are written, in any script; expressions see characters", () => {
    const rules = rulesOf(`{version: 2, rules: [{levels: {error: ["a.b(", "помилка"], warning: [{re: "^.зор$"}]}}]}`);
    assert.equal(levelOf({ rules, line: "x a.b( y" }), "error");
    assert.equal(levelOf({ rules, line: "x aXb( y" }), "unknown");
    assert.equal(levelOf({ rules, line: "сталася помилка" }), "error");
    assert.equal(levelOf({ rules, line: "узор" }), "warning");
  });

  test("expressions may leave the case aside", () => {
    const rules = rulesOf(`{version: 2, rules: [{levels: {error: [{re: "b[ao]om", ignoreCase: true}, {re: "x$"}]}}]}`);
    assert.equal(levelOf({ rules, line: "BOOM" }), "error");
    assert.equal(levelOf({ rules, line: "fx" }), "error");
    assert.equal(levelOf({ rules, line: "fX" }), "unknown");
  });

  test("words count in a line's first 16,384 bytes, expressions in its first 512", () => {
    const rules = rulesOf(`{version: 2, rules: [{levels: {error: ["bang"], warning: [{re: "bo{2}m"}]}}]}`);
    assert.equal(levelOf({ rules, line: `${"x".repeat(16_380)}bang` }), "error");
    assert.equal(levelOf({ rules, line: `${"x".repeat(16_381)}bang` }), "unknown");
    assert.equal(levelOf({ rules, line: `${"x".repeat(508)}boom` }), "warning");
    assert.equal(levelOf({ rules, line: `${"x".repeat(509)}boom` }), "unknown");
  });
});

interface Question {
  readonly line: string;
  readonly rules?: LevelRules;
  readonly container?: LevelContainer;
  readonly stream?: LogStream;
}

function levelOf({ line, rules, container = { name: "web" }, stream = "stdout" }: Question): Level {
  return createLevelReader(rules)(container)(Buffer.from(line), stream);
}

function rulesOf(text: string): LevelRules {
  const parsed = parseLevelRules(text, "levels.json5");
  assert.ok("rules" in parsed, JSON.stringify(parsed));
  return parsed.rules;
}
