import assert from "node:assert/strict";
import { test } from "node:test";
import { createOomCounts } from "../../src/inventory/oom-counts.ts";

test("events are counted by container, and forgotten with it", () => {
  const ooms = createOomCounts({ maxContainers: 10 });
  for (const id of ["a", "b", "a"]) ooms.add(id);
  ooms.retain(new Set(["a"]));
  assert.deepEqual([ooms.of("a"), ooms.of("b"), ooms.of("c")], [2, 0, 0]);
});

test("more containers than the bound are not counted, those within it go on", () => {
  const ooms = createOomCounts({ maxContainers: 2 });
  for (const id of ["a", "b", "c", "a"]) ooms.add(id);
  assert.deepEqual([ooms.of("a"), ooms.of("b"), ooms.of("c")], [2, 1, 0]);
});
