import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { EventReply } from "../../src/engine/replies.ts";
import { changeIn, eventFilters, startingIn } from "../../src/inventory/event-interest.ts";

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

test("the filter that Docker gets lets exactly those through, and what tells that a container is being started", () => {
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
  const ofNetworks = ["create", "connect", "destroy"];
  assert.deepEqual(
    events.filter(passes),
    events.filter((event) => changeIn(event) || (event.Type === "network" && ofNetworks.includes(event.Action ?? ""))),
  );
});

test("Docker tells that a container is being started when it connects it to a network, before it tells of its start", () => {
  const events = recorded("events-engine-28.5/events-live.ndjson");
  const first = events.findIndex((event) => startingIn(event) !== undefined);
  const id = startingIn(events[first] as EventReply);
  const ofIt = (action: string) => events.findIndex(({ Action, Actor }) => Action === action && Actor?.ID === id);
  assert.ok(ofIt("create") < first && first < ofIt("start"), `${ofIt("create")} ${first} ${ofIt("start")}`);
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
    { Type: "network", Action: "connect", Actor: { ID: "x" } },
    { Type: "network", Action: "disconnect", Actor: { ID: "x", Attributes: { container: "y" } } },
  ])
    assert.equal(changeIn(event) ?? startingIn(event), undefined);
});
