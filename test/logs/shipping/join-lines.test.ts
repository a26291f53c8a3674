import assert from "node:assert/strict";
import { test } from "node:test";
import { createLineJoiner, isIndented, type JoinRules, type LineGroup } from "../../../src/logs/shipping/join-lines.ts";
import { createJoinRoom } from "../../../src/logs/shipping/join-room.ts";
import { line } from "../files/support/scene.ts";

const RULES: JoinRules = { continues: isIndented, maxLines: 4, maxMs: 1_000 };

/** Adds lines that begin at 0, 10, 20 …; what came out is told as texts. */
function joined(lines: readonly ReturnType<typeof line>[], rules = RULES, room = createJoinRoom(1_000_000)) {
  const groups: string[] = [];
  const joiner = createLineJoiner(rules, { key: "web", room });
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

test("where there is no room for it, a record goes as it is before the next reading", () => {
  const room = createJoinRoom(3);
  const { groups, joiner, onGroup } = joined([line("a"), line(" b"), line("x", { stream: "stderr" })], RULES, room);
  assert.deepEqual([groups, room.overdue()], [[], ["web"]]);
  joiner.giveOverdue(onGroup);
  assert.deepEqual([groups, room.isOver], [["a| b"], false]);
  joiner.add(line(" c"), { sequence: 1, offset: 30 }, 0, onGroup);
  joiner.expire(1_000, onGroup);
  assert.deepEqual(groups, ["a| b", "x", " c"]);
});

test("no line is added to a record for which there is no room, nor is it waited for at the end of what there is", () => {
  const { groups, joiner, onGroup } = joined(
    ["a", " b", " c"].map((text) => line(text)),
    RULES,
    createJoinRoom(2),
  );
  assert.deepEqual(groups, ["a| b"]);
  joiner.add(line(" d"), { sequence: 1, offset: 30 }, 0, onGroup);
  joiner.expire(0, onGroup);
  assert.deepEqual(groups, ["a| b", " c| d"]);
});

test("what is forgotten leaves its room to others", () => {
  const room = createJoinRoom(3);
  const { joiner } = joined([line("abcd")], RULES, room);
  assert.ok(room.isOver);
  joiner.drop();
  assert.deepEqual([room.isOver, room.overdue(), joiner.heldFrom()], [false, [], undefined]);
});
