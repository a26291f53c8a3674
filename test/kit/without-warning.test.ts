import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { withoutWarning } from "../../src/kit/without-warning.ts";

test("of the warnings of a piece of work the known one alone is kept back, and afterwards none", async () => {
  const heard: string[] = [];
  const listen = ({ message }: Error) => heard.push(message);
  process.on("warning", listen);
  const result = await withoutWarning(
    ({ type, text }) => type === "ExperimentalWarning" && text.startsWith("SQLite"),
    async () => {
      process.emitWarning("SQLite is an experiment", "ExperimentalWarning");
      process.emitWarning("SQLite is something else", "DeprecationWarning");
      process.emitWarning("another experiment", "ExperimentalWarning");
      return 7;
    },
  );
  const last = once(process, "warning");
  process.emitWarning("SQLite is an experiment, after it", "ExperimentalWarning");
  await last;
  process.off("warning", listen);
  assert.equal(result, 7);
  assert.deepEqual(heard, ["SQLite is something else", "another experiment", "SQLite is an experiment, after it"]);
});
