import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { findProgram } from "../../src/programs/find-program.ts";
import { parseExposition } from "../support/exposition.ts";
import { NEVER, testRunner } from "./programs.ts";

/** The one in Python needs prometheus_client: test/e2e/programs.e2e.ts has it. */
const CHOICE = {
  list: {},
  folder: resolve(import.meta.dirname, "../../examples/programs"),
  timeLimitMs: 120_000,
  clientArguments: [],
};

test("the example in shell writes metrics of whatever target, and prints only when asked", async (t) => {
  const found = await findProgram(CHOICE, "dummy");
  assert.ok(found && "program" in found);
  const runner = testRunner(t);
  for (const target of ["core-sw01", "", "a \"b\" \\ $(id) 'c'", "two\nlines"]) {
    const run = await runner.run(found.program, { arguments: [`--target=${target}`], signal: NEVER });
    assert.deepEqual([run.failure, run.stdout], [undefined, ""]);
    const [up] = parseExposition(run.metrics);
    assert.deepEqual([up?.name, up?.labels, up?.value], ["dummy_up", { target }, 1]);
  }
  const { stdout } = await runner.run(found.program, { arguments: ["--verbose"], signal: NEVER });
  assert.match(stdout, /^writing the metrics of nobody to \S+\n$/);
  const { failure } = await runner.run(found.program, { arguments: ["--else"], signal: NEVER });
  assert.equal(failure?.what, "exited with code 2: dummy: unknown argument --else");
});
