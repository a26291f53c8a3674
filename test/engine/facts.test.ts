import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseAddress } from "../../src/engine/address.ts";
import { factsOf } from "../../src/engine/facts.ts";
import type { InfoReply, VersionReply } from "../../src/engine/replies.ts";

const address = parseAddress("/var/run/docker.sock");

function recorded(folder: string): { version: VersionReply; info: InfoReply } {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures", folder, `${name}.json`), "utf8"));
  return { version: read("version"), info: read("info") };
}

test("Docker 26 is recognised with all that it tells", () => {
  const ping = { apiVersion: "1.45", osType: "linux", server: "Docker/26.1.5+dfsg1 (linux)" };
  assert.deepEqual(factsOf({ ping, ...recorded("shapes-cgroup-v1-26"), apiVersion: "1.45", address }), {
    flavour: "docker",
    engineVersion: "26.1.5+dfsg1",
    apiVersion: "1.45",
    osType: "linux",
    architecture: "x86_64",
    operatingSystem: "Debian GNU/Linux 12 (bookworm)",
    kernelVersion: "6.18.44",
    hostName: "vm",
    hostId: "58a3c12d-dbc3-4e66-8d96-b8ddf89932d6",
    cpuCores: 2,
    memoryBytes: 25276514304,
    cgroupDriver: "cgroupfs",
    cgroupVersion: "1",
    rootless: false,
    instantStats: true,
    local: true,
  });
});

test("Podman is recognised by its ping, and by its version where a proxy hides the header", () => {
  const told = { ...recorded("shapes-cgroup-v1-podman5"), apiVersion: "1.41", address };
  const byPing = factsOf({ ...told, ping: { apiVersion: "1.41", server: "Libpod/5.4.2 (linux)" } });
  const byVersion = factsOf({ ...told, ping: { apiVersion: "1.41", server: "haproxy" } });
  for (const facts of [byPing, byVersion]) {
    assert.equal(facts.flavour, "podman");
    assert.equal(facts.engineVersion, "5.4.2");
    assert.ok(facts.instantStats);
  }
});

test("without /version and /info the ping still names the engine, and nothing is guessed", () => {
  const ping = { apiVersion: "1.41", osType: "linux", server: "Docker/20.10.24 (linux)" };
  assert.deepEqual(factsOf({ ping, apiVersion: "1.41", address: parseAddress("tcp://proxy") }), {
    flavour: "docker",
    engineVersion: "20.10.24",
    apiVersion: "1.41",
    osType: "linux",
    rootless: false,
    instantStats: false,
    local: false,
  });
});

test("stats are instant from Engine 25, API 1.44, on", () => {
  const instant = (apiVersion: string) => factsOf({ ping: { apiVersion }, apiVersion, address }).instantStats;
  assert.deepEqual(["1.41", "1.43", "1.44", "1.55"].map(instant), [false, false, true, true]);
});

test("a rootless engine is recognised", () => {
  const info = { SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"] };
  assert.ok(factsOf({ ping: {}, info, apiVersion: undefined, address }).rootless);
});

test("fields of other types than the API's are as good as absent", () => {
  const info = { NCPU: "4", Name: 7, SecurityOptions: "none", CgroupVersion: 2, MemTotal: -1 } as unknown as InfoReply;
  const version = { Version: null, Components: {} } as unknown as VersionReply;
  assert.deepEqual(factsOf({ ping: {}, info, version, apiVersion: undefined, address }), {
    flavour: "docker",
    engineVersion: "unknown",
    osType: "linux",
    rootless: false,
    instantStats: false,
    local: true,
  });
});
