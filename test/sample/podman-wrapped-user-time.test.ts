import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineFacts } from "../../src/engine/engine.ts";
import { cpuSample } from "../../src/sample/cpu.ts";

const PODMAN: EngineFacts = {
  flavour: "podman",
  engineVersion: "5.4.2",
  osType: "linux",
  rootless: false,
  instantStats: true,
  local: true,
};

test("a user time below 0, which Podman 5.4.2 gives as an unsigned number, is absent", () => {
  const cpu_usage = JSON.parse(
    '{"total_usage":3376533,"percpu_usage":[3376533],"usage_in_kernelmode":4000000,"usage_in_usermode":18446744073708928149}',
  );
  const cpu = cpuSample({ reply: { cpu_usage }, hasQuota: false, facts: PODMAN });
  assert.equal(cpu?.usageSeconds, 0.003376533);
  assert.equal(cpu?.systemSeconds, 0.004);
  assert.equal(cpu?.userSeconds, undefined);
});
