import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import type { Fault } from "../../src/demo/engine/faults.ts";
import { defaultAddress } from "../../src/engine/default-address.ts";
import { mutualTls, tlsFile } from "../support/tls.ts";
import { arrivals, exportsSince, live } from "./harness/series.ts";
import { startStage } from "./harness/stage.ts";
import type { Tallyman } from "./harness/tallyman.ts";

type Context = { after(close: () => Promise<void>): void };

/** What a rootless engine without systemd and cgroup v2 delegation says (docs.docker.com/engine/security/rootless, "none"). */
const WITHOUT_CGROUPS: Fault = {
  kind: "edit",
  edit: (info: object) => ({ ...info, CgroupDriver: "none", SecurityOptions: ["name=seccomp", "name=rootless"] }),
};
const EMPTY_STATS: Fault = {
  kind: "edit",
  edit: (stats: object) => ({
    ...stats,
    pids_stats: {},
    memory_stats: {},
    cpu_stats: { cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 } },
  }),
};
const ROOTLESS: Fault = {
  kind: "edit",
  edit: (info: object) => ({
    ...info,
    SecurityOptions: ["name=seccomp,profile=builtin", "name=rootless", "name=cgroupns"],
  }),
};

describe("An engine is found and read", { concurrency: true }, () => {
  const SOCKETS: readonly [whose: string, variable: "HOME" | "XDG_RUNTIME_DIR", path: string][] = [
    ["rootless Docker's", "XDG_RUNTIME_DIR", "docker.sock"],
    ["Docker Desktop's on a Mac", "HOME", ".docker/run/docker.sock"],
    ["Docker Desktop's on Linux", "HOME", ".docker/desktop/docker.sock"],
    ["rootless Podman's", "XDG_RUNTIME_DIR", "podman/podman.sock"],
  ];
  for (const [whose, variable, path] of SOCKETS) {
    test(`on ${whose} socket, where there is no other`, async (t) => {
      const folder = await temporaryFolder(t);
      const socketPath = join(folder, path);
      await mkdir(dirname(socketPath), { recursive: true });
      const stage = await startStage({ engine: { address: socketPath } }, t);
      stage.engine.containers.run({ name: "web" });
      // The machine of this test may have the usual socket.
      const exists = (place: string) => place.startsWith(folder) && existsSync(place);
      const found = defaultAddress({ platform: "linux", env: { [variable]: folder }, exists });
      assert.equal(found, `unix://${socketPath}`);
      const agent = stage.start({ TALLYMAN_ENGINE_ADDRESS: found });
      await stage.receiver.waitFor(() => live(stage.receiver, "container_cpu_usage_seconds_total").length === 1);
      assert.deepEqual(complaints(agent), []);
    });
  }

  test("though it is rootless: with delegated cgroups it has all that any other has", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.faults.add({ path: "/info", fault: ROOTLESS });
    stage.engine.containers.run({ name: "web" });
    const agent = stage.start();
    await stage.receiver.waitFor(() => live(stage.receiver, "container_memory_working_set_bytes").length === 1);
    assert.deepEqual(complaints(agent), []);
  });

  test("though it is rootless and has no cgroups: what is not counted is absent, not zero", async (t) => {
    const stage = await startStage({}, t);
    stage.engine.faults.add({ path: "/info", fault: WITHOUT_CGROUPS });
    const id = stage.engine.containers.run({ name: "web", nanoCpus: 5e8 });
    stage.engine.faults.add({ path: `/containers/${id}/stats`, fault: EMPTY_STATS });
    const agent = stage.start();
    await exportsSince(stage.receiver, 0, 2);
    assert.equal(live(stage.receiver, "container_state", { name: "web" })[0]?.value, 1);
    assert.equal(live(stage.receiver, "container_network_receive_bytes_total", { name: "web" }).length, 1);
    const sent = arrivals(stage.receiver, undefined, { name: "web" }).map(({ metric }) => metric);
    assert.deepEqual(
      sent.filter((metric) => /^container_(cpu|memory|threads)/.test(metric)),
      [],
    );
    assert.deepEqual(complaints(agent), []);
  });

  const WAYS: Record<string, (address: string, folder: string) => Promise<Record<string, string>>> = {
    "Tallyman's settings": async (address) => ({
      TALLYMAN_ENGINE_ADDRESS: address.replace("tcp:", "https:"),
      TALLYMAN_ENGINE_TLS_CA: tlsFile("ca.crt"),
      TALLYMAN_ENGINE_TLS_CERT: tlsFile("client.crt"),
      TALLYMAN_ENGINE_TLS_KEY: tlsFile("client.key"),
    }),
    "Docker's own variables": async (address, folder) => {
      await copyFile(tlsFile("ca.crt"), join(folder, "ca.pem"));
      for (const end of ["crt", "key"] as const) {
        await copyFile(tlsFile(`client.${end}`), join(folder, end === "crt" ? "cert.pem" : "key.pem"));
      }
      return { TALLYMAN_ENGINE_ADDRESS: "", DOCKER_HOST: address, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    },
  };
  for (const [how, envOf] of Object.entries(WAYS)) {
    test(`on another machine, over TLS with a client's certificate, by ${how}`, async (t) => {
      const stage = await startStage({ engine: { address: { port: 0 }, tls: mutualTls() } }, t);
      stage.engine.containers.run({ name: "web" });
      const agent = stage.start(await envOf(stage.engine.address, await temporaryFolder(t)));
      await stage.receiver.waitFor(() => live(stage.receiver, "container_cpu_usage_seconds_total").length === 1);
      // Of a machine that is not ours nothing is told but what the engine tells.
      assert.deepEqual(live(stage.receiver, "machine_swap_bytes"), []);
      assert.deepEqual(complaints(agent), []);
    });
  }

  test("on another machine that asks for a certificate we don't have: not, and that is said once with the remedy", async (t) => {
    const stage = await startStage({ engine: { address: { port: 0 }, tls: mutualTls() } }, t);
    const address = stage.engine.address.replace("tcp:", "https:");
    const agent = stage.start({ TALLYMAN_ENGINE_ADDRESS: address, TALLYMAN_ENGINE_TLS_CA: tlsFile("ca.crt") });
    await exportsSince(stage.receiver, 0, 4);
    const said = complaints(agent);
    assert.equal(said.length, 1, JSON.stringify(said));
    assert.match(String(said[0]?.error), /certificate/);
  });
});

function complaints(agent: Tallyman) {
  return agent.log().filter(({ level, outlet }) => /^(warn|error)$/.test(level) && outlet === undefined);
}

async function temporaryFolder(t: Context): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "where-engines-listen-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
