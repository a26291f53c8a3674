import assert from "node:assert/strict";
import { test } from "node:test";
import { ageOf, withoutAge } from "../../src/inventory/status-age.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

const AGES: [status: string, fromSeconds: number, toSeconds: number][] = [
  ["Up Less than a second", 0, 1],
  ["Up 1 second", 1, 2],
  ["Up 59 seconds (healthy)", 59, 60],
  ["Up About a minute", 60, 120],
  ["Up 59 minutes (Paused)", 59 * 60, HOUR],
  ["Up About an hour", HOUR / 2, 2 * HOUR],
  ["Up 2 hours", 1.5 * HOUR, 3 * HOUR],
  ["Up 2 days", 47.5 * HOUR, 3 * DAY],
  ["Exited (137) 3 weeks ago", 21 * DAY - HOUR / 2, 28 * DAY],
  ["Restarting (1) 5 seconds ago", 5, 6],
  ["Exited (0) 2 years ago", 730 * DAY - HOUR / 2, 1095 * DAY],
];

for (const [status, fromSeconds, toSeconds] of AGES) {
  test(`"${status}" is ${fromSeconds} to ${toSeconds} s old`, () => {
    assert.deepEqual(ageOf(status), { fromSeconds, toSeconds });
  });
}

for (const status of ["", "Created", "Dead", "Removal In Progress"]) {
  test(`"${status}" has no age`, () => {
    assert.equal(ageOf(status), undefined);
  });
}

/** docker/go-units v0.5 duration.go. */
function humanDuration(seconds: number): string {
  if (seconds < 1) return "Less than a second";
  if (Math.floor(seconds) === 1) return "1 second";
  if (seconds < 60) return `${Math.floor(seconds)} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(seconds / HOUR + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(seconds / HOUR / 24 / 365)} years`;
}

test("any age that the engine writes lies within the bounds read from it", () => {
  for (let seconds = 0.5; seconds < 4 * 365 * DAY; seconds = seconds * 1.003 + 0.1) {
    const words = humanDuration(seconds);
    const age = ageOf(`Up ${words}`);
    assert.ok(age && age.fromSeconds <= seconds && seconds < age.toSeconds, `${words} for ${seconds} s`);
  }
});

test("what is left without the age tells all else", () => {
  assert.equal(withoutAge("Up 5 minutes (healthy)"), "Up  (healthy)");
  assert.equal(withoutAge("Exited (0) 5 minutes ago"), "Exited (0)  ago");
});
