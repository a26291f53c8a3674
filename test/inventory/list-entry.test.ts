import assert from "node:assert/strict";
import { test } from "node:test";
import type { ContainerSummary } from "../../src/engine/replies.ts";
import { changedBetween, joined, listEntry } from "../../src/inventory/list-entry.ts";

const WEB: ContainerSummary = {
  Id: "ab".repeat(32),
  Names: ["/web"],
  Image: "nginx",
  ImageID: "sha256:1",
  Created: 1,
  State: "running",
  Status: "Up 10 seconds",
  Labels: { a: "b" },
};

/** The entry at a second of our clock. */
function at(second: number, changes: Partial<ContainerSummary> = {}) {
  return listEntry({ ...WEB, ...changes }, { askedAtMs: second * 1000 - 20, answeredAtMs: second * 1000 });
}

test("a container that only grew older has not changed", () => {
  assert.ok(!changedBetween(at(100), at(115, { Status: "Up 25 seconds" })));
  assert.ok(!changedBetween(at(100), at(160, { Status: "Up About a minute" })));
});

const CHANGES: Record<string, Partial<ContainerSummary>> = {
  "another name": { Names: ["/shop"] },
  "another state": { State: "paused", Status: "Up 25 seconds (Paused)" },
  "an image whose tag moved on": { Image: "sha256:1" },
  "another health": { Status: "Up 25 seconds (healthy)" },
  "another exit code": { State: "exited", Status: "Exited (1) 2 seconds ago" },
  "other labels": { Labels: {} },
  "another creation": { Created: 2 },
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`${what} is a change`, () => {
    assert.ok(changedBetween(at(100), at(115, { Status: "Up 25 seconds", ...change })));
  });
}

test("a run that is too young is a restart", () => {
  assert.ok(changedBetween(at(100), at(115, { Status: "Up 3 seconds" })));
  assert.ok(changedBetween(at(100, { Status: "Up 3 days" }), at(115, { Status: "Up 13 seconds" })));
});

test("a restart right after the look is noticed, although the run is older than the one before was", () => {
  assert.ok(changedBetween(at(100), at(115, { Status: "Up 13 seconds" })));
});

test("a second more or less is no restart", () => {
  assert.ok(!changedBetween(at(100), at(115, { Status: "Up 24 seconds" })));
  assert.ok(!changedBetween(at(100), at(115, { Status: "Up 26 seconds" })));
});

test("coarse ages hide no restart once the container was watched for long", () => {
  const young = at(100);
  const old = joined(young, at(3700, { Status: "Up About an hour" }));
  // Half an hour from the second look: as "About an hour" may be, but not for a run first seen an hour before.
  assert.ok(changedBetween(old, at(5500, { Status: "Up 30 minutes" })));
  assert.ok(!changedBetween(old, at(5500, { Status: "Up 2 hours" })));
});
