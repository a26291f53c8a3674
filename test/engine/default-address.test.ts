import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultAddress } from "../../src/engine/default-address.ts";

const env = { XDG_RUNTIME_DIR: "/run/user/1000", HOME: "/home/ann" };

function onLinux(...present: string[]): string {
  return defaultAddress({ platform: "linux", env, exists: (path) => present.includes(path) });
}

test("Windows has Docker's pipe", () => {
  assert.equal(defaultAddress({ platform: "win32", env: {}, exists: () => true }), "npipe:////./pipe/docker_engine");
});

test("the usual socket comes before all others", () => {
  assert.equal(onLinux("/run/user/1000/docker.sock", "/var/run/docker.sock"), "unix:///var/run/docker.sock");
});

for (const path of [
  "/run/user/1000/docker.sock",
  "/home/ann/.docker/run/docker.sock",
  "/home/ann/.docker/desktop/docker.sock",
  "/run/user/1000/podman/podman.sock",
  "/run/podman/podman.sock",
]) {
  test(`${path} is found where the usual socket is absent`, () => {
    assert.equal(onLinux(path), `unix://${path}`);
  });
}

test("Docker's rootless socket comes before Podman's", () => {
  assert.equal(onLinux("/run/podman/podman.sock", "/run/user/1000/docker.sock"), "unix:///run/user/1000/docker.sock");
});

test("where there is none yet, the usual one is waited for", () => {
  assert.equal(onLinux(), "unix:///var/run/docker.sock");
  assert.equal(defaultAddress({ platform: "darwin", env: {}, exists: () => false }), "unix:///var/run/docker.sock");
});
