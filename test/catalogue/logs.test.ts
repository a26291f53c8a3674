import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCatalogue } from "../../src/catalogue/catalogue.ts";
import { hrTimeFromMs } from "../../src/families/metric-family.ts";
import { AT_MS, familyOf, pointsOf, sampleWith, sweepOf } from "./sweeps.ts";

const LOGS = {
  sinceSeconds: AT_MS / 1000 - 60,
  levels: [
    { level: "info", lines: 0, latestTimeSeconds: undefined },
    { level: "error", lines: 3, latestTimeSeconds: 1_795_235_900.25 },
  ],
};

describe("a container's log", () => {
  test("is lines by level, counted from when the agent began to, and the latest time of levels that have lines", () => {
    const groups = createCatalogue().families(sweepOf([sampleWith({ logs: LOGS })]));
    const total = pointsOf(groups, "container_logs_total");
    assert.deepEqual(
      total.map(({ attributes, value }) => [attributes.name, attributes.level, value]),
      [
        ["web", "info", 0],
        ["web", "error", 3],
      ],
    );
    assert.deepEqual(total[0]?.startTime, hrTimeFromMs(AT_MS - 60_000));
    const created = pointsOf(groups, "container_logs_created");
    assert.deepEqual(
      created.map(({ attributes, value }) => [attributes.level, value]),
      [["error", 1_795_235_900.25]],
    );
  });

  test("is told of containers that have stopped too, whose last lines are the ones that matter", () => {
    const state = { status: "exited", running: false, paused: false };
    const groups = createCatalogue().families(sweepOf([sampleWith({ logs: LOGS, state })]));
    assert.equal(pointsOf(groups, "container_logs_total").length, 2);
  });

  test("makes no series where logs are not kept, or the group is off", () => {
    const without = createCatalogue().families(sweepOf([sampleWith()]));
    assert.equal(familyOf(without, "container_logs_total"), undefined);
    const off = createCatalogue({ groups: { logs: false } }).families(sweepOf([sampleWith({ logs: LOGS })]));
    assert.equal(familyOf(off, "container_logs_total"), undefined);
  });
});
