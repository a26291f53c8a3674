import assert from "node:assert/strict";
import { test } from "node:test";
import { createLineJoiner, isIndented, type JoinRules, type LineGroup } from "../../../src/logs/shipping/join-lines.ts";
import { line } from "../files/support/scene.ts";

const RULES: JoinRules = { continues: isIndented, maxLines: 4, maxMs: 1_000 };

/** Adds lines that begin at 0, 10, 20 …; what came out is told as texts. */
function joined(lines: readonly ReturnType<typeof line>[], rules = RULES) {
  const groups: string[] = [];
  const joiner = createLineJoiner(rules);
  const onGroup = (group: LineGroup) => void groups.push(group.map(({ bytes }) => String(bytes)).join("|"));
  for (const [i, one] of lines.entries()) joiner.add(one, { sequence: 1, offset: i * 10 }, 0, onGroup);
  return { groups, joiner, onGroup };
}

test("a line is held back until the next of its stream shows that it stands alone", () => {
  const { groups, joiner } = joined([line("a"), line("b"), line("\tc")]);
  assert.deepEqual(groups, ["a"]);
  assert.deepEqual(joiner.heldFrom(), { sequence: 1, offset: 10 });
});

test("what the other stream prints comes not between, and the oldest line held is where a restart begins", () => {
  const { groups, joiner } = joined([line("a"), line("x", { stream: "stderr" }), line(" b"), line("c")]);
  assert.deepEqual(groups, ["a| b"]);
  assert.deepEqual(joiner.heldFrom(), { sequence: 1, offset: 10 });
});

test("a record has no more lines than the limit", () => {
  assert.deepEqual(joined(["a", " 1", " 2", " 3", " 4", "b"].map((text) => line(text))).groups, ["a| 1| 2| 3", " 4"]);
});

test("a line that comes too long after the first begins a record, by the engine's clock", () => {
  const rules = { ...RULES, maxMs: 0 };
  assert.deepEqual(joined([line("a", { at: 1 }), line(" b", { at: 1_000_001 }), line("c")], rules).groups, ["a", " b"]);
});

test("a record at the end of what there is waits for so long, and no longer", () => {
  const { groups, joiner, onGroup } = joined([line("a"), line(" b")]);
  assert.equal(joiner.dueAtMs(), 1_000);
  joiner.expire(999, onGroup);
  assert.deepEqual(groups, []);
  joiner.expire(1_000, onGroup);
  assert.deepEqual([groups, joiner.heldFrom()], [["a| b"], undefined]);
});

test("the parts of a long line stay alone", () => {
  const parts = [line("a"), line(" b", { isPart: true }), line(" c"), line(" d"), line("e")];
  assert.deepEqual(joined(parts).groups, ["a", " b", " c", " d"]);
});
