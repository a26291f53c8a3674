import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { EventReply } from "../../src/engine/replies.ts";
import { changeIn, eventFilters } from "../../src/inventory/event-interest.ts";

function recorded(path: string): EventReply[] {
  const text = readFileSync(join(import.meta.dirname, "../fixtures", path), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

test("of a recorded day's events, those that changed a container are of interest", () => {
  const events = recorded("events-engine-28.5/events-live.ndjson");
  const actions = events.filter((event) => changeIn(event)).map(({ Action = "" }) => Action.split(":")[0]);
  assert.deepEqual([...new Set(actions)].sort(), [
    "create",
    "destroy",
    "die",
    "health_status",
    "kill",
    "oom",
    "pause",
    "rename",
    "restart",
    "start",
    "stop",
    "unpause",
    "update",
  ]);
  assert.equal(events.filter((event) => changeIn(event)?.isOom).length, 1);
});

test("the filter that Docker gets lets exactly those through", () => {
  const filters = eventFilters({
    flavour: "docker",
    engineVersion: "28",
    osType: "linux",
    rootless: false,
    instantStats: true,
    local: true,
  });
  const events = recorded("events-engine-28.5/events-live.ndjson");
  const passes = ({ Type = "", Action = "" }: EventReply) =>
    filters.type?.includes(Type) && filters.event?.includes(Action.split(":")[0] ?? "");
  assert.deepEqual(
    events.filter(passes),
    events.filter((event) => changeIn(event)),
  );
});

test("Podman's own actions are changes too", () => {
  const actions = recorded("shapes-cgroup-v1-podman5/events.ndjson").filter((event) => changeIn(event));
  assert.deepEqual([...new Set(actions.map(({ Action }) => Action))].sort(), ["cleanup", "die", "init", "start"]);
});

test("events of other types than expected are of no interest", () => {
  for (const event of [
    {},
    { Type: "container" },
    { Type: "container", Action: "die", Actor: null },
    { Type: "image", Action: "tag", Actor: { ID: "x" } },
  ])
    assert.equal(changeIn(event), undefined);
});
