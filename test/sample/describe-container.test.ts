import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { EngineFacts } from "../../src/engine/engine.ts";
import type { ContainerInspect } from "../../src/engine/replies.ts";
import { describeContainer } from "../../src/sample/describe-container.ts";
import { FACTS, inspected, PODMAN } from "./sources.ts";

type Host = NonNullable<ContainerInspect["HostConfig"]>;

function specOf(host: Host, facts: EngineFacts = FACTS) {
  return describeContainer({ inspect: inspected({ HostConfig: host }), facts, envNames: [] }).spec;
}

function stateOf(state: object, more: Partial<ContainerInspect> = {}) {
  return describeContainer({ inspect: inspected({ ...more, State: state }), facts: FACTS, envNames: [] }).state;
}

describe("the identity", () => {
  test("has the name without its slash, the image as typed, and labels that are texts", () => {
    const inspect = inspected({
      Config: { Image: "registry.example/team/app:1.2", Labels: { a: "b", bad: 1 as unknown as string } },
    });
    const { identity } = describeContainer({ inspect, facts: FACTS, envNames: [] });
    assert.equal(identity.name, "web");
    assert.equal(identity.image, "registry.example/team/app:1.2");
    assert.deepEqual(identity.labels, { a: "b" });
    assert.equal(identity.cgroupPath, `/system.slice/docker-${inspect.Id}.scope`);
  });

  test("has only the environment variables that are named, in full", () => {
    const inspect = inspected({ Config: { Env: ["APP_VERSION=1=2", "APP_VERSION_X=3", "SECRET=s", "EMPTY"] } });
    const { identity } = describeContainer({ inspect, facts: FACTS, envNames: ["APP_VERSION", "EMPTY"] });
    assert.deepEqual(identity.env, { APP_VERSION: "1=2" });
  });
});

describe("the spec", () => {
  test("gives the kernel's defaults where nothing was asked for", () => {
    const spec = specOf({ CpuShares: 0, CpuPeriod: 0, CpuQuota: 0, NanoCpus: 0, Memory: 0, MemorySwap: 0 });
    assert.equal(spec.cpuShares, 1024);
    assert.equal(spec.cpuPeriodMicroseconds, 100_000);
    assert.equal(spec.cpuQuotaMicroseconds, undefined);
    assert.equal(spec.memoryLimitBytes, 0);
    assert.equal(spec.memorySwapLimitBytes, 0);
  });

  test("takes a quota from --cpus or --cpu-quota, and none from an unlimited one", () => {
    assert.equal(specOf({ NanoCpus: 500_000_000 }).cpuQuotaMicroseconds, 50_000);
    assert.equal(specOf({ CpuPeriod: 50_000, CpuQuota: 20_000 }).cpuQuotaMicroseconds, 20_000);
    assert.equal(specOf({ CpuQuota: -1 }).cpuQuotaMicroseconds, undefined);
  });

  test("limits memory and swap together on cgroup v1, swap alone on v2", () => {
    const host = { Memory: 64, MemorySwap: 96 };
    const { cgroupVersion: _, ...unknown } = FACTS;
    assert.equal(specOf(host, { ...FACTS, cgroupVersion: "1" }).memorySwapLimitBytes, 96);
    assert.equal(specOf(host).memorySwapLimitBytes, 32);
    assert.equal(specOf(host, unknown).memorySwapLimitBytes, undefined);
    assert.equal(specOf({ Memory: 64, MemorySwap: -1 }).memorySwapLimitBytes, 0);
    assert.equal(specOf({ Memory: 64, MemorySwap: 64 }).memorySwapLimitBytes, 0);
  });

  test("has the limit of open files where one was given, under Docker's name or Podman's", () => {
    assert.equal(specOf({ Ulimits: [{ Name: "nofile", Soft: 2048 }] }).openFilesSoftLimit, 2048);
    assert.equal(specOf({ Ulimits: [{ Name: "RLIMIT_NOFILE", Soft: -1 }] }, PODMAN).openFilesSoftLimit, -1);
    assert.equal(specOf({ Ulimits: [{ Name: "nproc", Soft: 5 }] }).openFilesSoftLimit, undefined);
  });

  test("lacks what the reply lacks, whatever stands in its place", () => {
    const broken = { Id: "x", HostConfig: "none", State: [], Config: 3 } as unknown as ContainerInspect;
    const { spec, identity } = describeContainer({ inspect: broken, facts: FACTS, envNames: ["A"] });
    assert.deepEqual(spec, { createdAtSeconds: undefined, startedAtSeconds: undefined });
    assert.equal(identity.name, "");
  });
});

describe("the state", () => {
  test("tells running, paused and restarting apart", () => {
    assert.deepEqual(pick(stateOf({ Status: "running", Running: true })), { running: true, paused: false });
    assert.deepEqual(pick(stateOf({ Status: "paused", Running: true, Paused: true })), { running: true, paused: true });
    assert.deepEqual(pick(stateOf({ Status: "restarting", Running: true, Restarting: true })), {
      running: false,
      paused: false,
    });
    assert.equal(stateOf({ Running: true }).status, "running");
  });

  test("has an exit code only of a run that ended", () => {
    const StartedAt = "2026-11-21T03:52:41Z";
    assert.equal(stateOf({ Status: "exited", ExitCode: 3, StartedAt }).exitCode, 3);
    assert.equal(stateOf({ Status: "restarting", Running: true, ExitCode: 1, StartedAt }).exitCode, 1);
    assert.equal(stateOf({ Status: "running", Running: true, ExitCode: 0, StartedAt }).exitCode, undefined);
    assert.equal(stateOf({ Status: "created", ExitCode: 0, StartedAt: "0001-01-01T00:00:00Z" }).exitCode, undefined);
  });

  test("knows no health check from an unknown outcome", () => {
    assert.equal(stateOf({ Status: "running" }).health, "none");
    assert.equal(stateOf({ Status: "running", Health: { Status: "starting" } }).health, "starting");
    assert.equal(describeContainer({ inspect: { Id: "x" }, facts: FACTS, envNames: [] }).state.health, undefined);
  });
});

function pick({ running, paused }: { running: boolean; paused: boolean }) {
  return { running, paused };
}
