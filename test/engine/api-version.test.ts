import assert from "node:assert/strict";
import { test } from "node:test";
import { isOlder, NEWEST_TESTED, negotiate } from "../../src/engine/api-version.ts";
import { EngineError } from "../../src/engine/engine.ts";

const address = "unix:///x";

const NEGOTIATED: [engineNewest: string | undefined, engineOldest: string | undefined, spoken: string | undefined][] = [
  ["1.40", "1.12", "1.40"],
  ["1.41", "1.12", "1.41"],
  ["1.51", "1.24", "1.51"],
  ["1.55", "1.40", "1.55"],
  ["1.53", "1.44", "1.53"],
  ["1.60", "1.44", NEWEST_TESTED],
  ["1.80", "1.70", "1.70"],
  ["1.51", undefined, "1.51"],
  [undefined, undefined, undefined],
  ["", "1.24", undefined],
  ["next", "1.24", undefined],
  ["1.51", "garbage", "1.51"],
];

for (const [engineNewest, engineOldest, spoken] of NEGOTIATED) {
  test(`with an engine of API ${engineOldest} to ${engineNewest}, ${spoken ?? "no version"} is spoken`, () => {
    assert.equal(negotiate({ engineNewest, engineOldest, address }), spoken);
  });
}

test("an engine older than Docker 19.03 is told to be upgraded", () => {
  assert.throws(
    () => negotiate({ engineNewest: "1.24", address }),
    (error) =>
      error instanceof EngineError && error.kind === "unsupported" && /1\.24 at most.*upgrade/.test(error.message),
  );
});

test("versions are compared by number, not by letter", () => {
  assert.ok(isOlder("1.9", "1.40"));
  assert.ok(!isOlder("1.100", "1.56"));
  assert.ok(isOlder("1.56", "2.0"));
});
