import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ContainerInspect } from "../../src/engine/replies.ts";
import { keptInspect, tellTheSame } from "../../src/inventory/kept-inspect.ts";

function recorded(folder: string): ContainerInspect {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures", folder, "inspect.json"), "utf8"));
}

for (const folder of ["shapes-cgroup-v1-26", "shapes-cgroup-v1-28", "shapes-cgroup-v1-podman5"]) {
  test(`of ${folder} what is kept is small, equal to what came, and without secrets`, () => {
    const reply = recorded(folder);
    const kept = keptInspect(reply, { envNames: [] });
    assert.ok(JSON.stringify(kept).length < JSON.stringify(reply).length / 3);
    assert.doesNotMatch(JSON.stringify(kept), /"Env"|PATH=|"Cmd"|"Args"/);
    assert.equal(kept.Id, reply.Id);
    assert.equal(kept.State?.StartedAt, reply.State?.StartedAt);
    assert.deepEqual(kept.Config?.Labels, reply.Config?.Labels);
    assert.equal(kept.HostConfig?.Memory, reply.HostConfig?.Memory);
    assert.equal(kept.HostConfig?.AutoRemove, false);
  });
}

test("environment variables are kept only if named, and by their whole name", () => {
  const reply = { Id: "a", Config: { Env: ["A=1", "AB=2", "B=x=y", "NOVALUE", "secret=3"] } };
  assert.deepEqual(keptInspect(reply, { envNames: ["A", "B", "C"] }).Config?.Env, ["A=1", "B=x=y"]);
  assert.equal(keptInspect(reply, { envNames: ["C"] }).Config?.Env, undefined);
});

test("a health check's log, which grows by itself, makes no other container", () => {
  const health = (output: string) => ({ Status: "healthy", FailingStreak: 0, Log: [{ Output: output }] });
  const reply = (output: string) => keptInspect({ Id: "a", State: { Health: health(output) } }, { envNames: [] });
  assert.ok(tellTheSame(reply("one"), reply("two")));
});

test("parts that are missing, null or of another type do no harm", () => {
  const odd = {
    Id: "a",
    State: null,
    Config: { Env: {}, Labels: null },
    HostConfig: { Ulimits: "x", LogConfig: null },
  };
  assert.deepEqual(keptInspect(odd as unknown as ContainerInspect, { envNames: ["A"] }), {
    Id: "a",
    Config: { Labels: null },
    HostConfig: {},
  });
});

test("of a log driver's options those are kept that tell what it may lose, and none that may be a secret", () => {
  const Config = { "max-size": "10m", "max-file": "3", mode: "non-blocking", "splunk-token": "hush" };
  const { HostConfig } = keptInspect(
    { Id: "a", HostConfig: { LogConfig: { Type: "splunk", Config } } },
    { envNames: [] },
  );
  const kept = { "max-size": "10m", "max-file": "3", mode: "non-blocking" };
  assert.deepEqual(HostConfig?.LogConfig, { Type: "splunk", Config: kept });
});
