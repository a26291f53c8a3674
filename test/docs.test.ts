import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { GENERATED } from "../scripts/docs/generated.ts";

for (const [path, text] of Object.entries(GENERATED)) {
  test(`${path} is what the source makes of it (npm run docs writes it)`, () => {
    assert.equal(readFileSync(join(import.meta.dirname, "..", path), "utf8"), text());
  });
}
