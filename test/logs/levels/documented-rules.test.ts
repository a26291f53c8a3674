import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createLevelReader } from "../../../src/logs/levels/level-reader.ts";
import { parseLevelRules } from "../../../src/logs/levels/parse-level-rules.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../../docs/log-levels.md"), "utf8");

test("the rules of docs/log-levels.md are good ones, and mean what their comments say", () => {
  const [, example = ""] = /```json5\n([\s\S]*?)```/.exec(PAGE) ?? [];
  const parsed = parseLevelRules(example, "docs/log-levels.md");
  assert.ok("rules" in parsed, JSON.stringify(parsed));
  const levelOf = createLevelReader(parsed.rules)({
    name: "shop-api-1",
    image: "registry.example.com/shop/api:3",
    labels: { tier: "backend" },
  });
  const levels = {
    "INFO payment refused": "error",
    "timeout after 30 ms": "error",
    "ERROR: nothing to do": "info",
    "Retry in 5 s": "warning",
    "ERROR no favicon.ico": "info",
    "DEBUG x": "debug",
    hello: "info",
  };
  for (const [line, level] of Object.entries(levels)) assert.equal(levelOf(Buffer.from(line), "stdout"), level, line);
  assert.equal(levelOf(Buffer.from("hello"), "stderr"), "warning");
});
