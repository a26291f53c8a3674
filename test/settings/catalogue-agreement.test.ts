import assert from "node:assert/strict";
import { test } from "node:test";
import { GROUPS } from "../../src/catalogue/groups.ts";
import { DEFAULT_LABEL_DENY as CATALOGUE_LABEL_DENY } from "../../src/catalogue/label-rules.ts";
import { DEFAULT_LABEL_DENY } from "../../src/settings/label-deny.ts";
import { METRIC_GROUPS } from "../../src/settings/metric-groups.ts";

test("the settings switch the catalogue's groups, and each is on where the catalogue says so", () => {
  const switches = (groups: Record<string, { on: boolean }>) =>
    Object.fromEntries(Object.entries(groups).map(([name, { on }]) => [name, on]));
  assert.deepEqual(switches(METRIC_GROUPS), switches(GROUPS));
});

test("the labels that are denied by default are the catalogue's", () => {
  assert.deepEqual(DEFAULT_LABEL_DENY, CATALOGUE_LABEL_DENY);
});
