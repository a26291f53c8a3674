import assert from "node:assert/strict";
import { test } from "node:test";
import { cgroupPath } from "../../src/sample/cgroup-path.ts";

const cases: [driver: string | undefined, parent: string, expected: string][] = [
  ["systemd", "", "/system.slice/docker-ID.scope"],
  ["systemd", "my-app.slice", "/my.slice/my-app.slice/docker-ID.scope"],
  ["systemd", "a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice/docker-ID.scope"],
  ["systemd", "-.slice", "/docker-ID.scope"],
  ["systemd", "/odd/parent/", "/odd/parent/docker-ID.scope"],
  ["cgroupfs", "", "/docker/ID"],
  ["cgroupfs", "/peersgrp", "/peersgrp/ID"],
  ["cgroupfs", "rel/app/", "/rel/app/ID"],
  [undefined, "", "/docker/ID"],
];

for (const [driver, parent, expected] of cases) {
  test(`under ${driver ?? "an unknown driver"} a container of parent ${parent || "none"} lies at ${expected}`, () => {
    const facts = { flavour: "docker", ...(driver !== undefined && { cgroupDriver: driver }) } as const;
    assert.equal(cgroupPath({ containerId: "ID", parent, facts }), expected);
  });
}

test("Podman has its own slice, folder and prefix", () => {
  const at = (cgroupDriver: string, parent = "") =>
    cgroupPath({ containerId: "ID", parent, facts: { flavour: "podman", cgroupDriver } });
  assert.equal(at("systemd"), "/machine.slice/libpod-ID.scope");
  assert.equal(at("cgroupfs"), "/libpod_parent/libpod-ID");
  assert.equal(at("systemd", "my-app.slice"), "/my.slice/my-app.slice/libpod-ID.scope");
});
