import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTAINERSPY_SETTINGS } from "../../src/settings/sources/containerspy.ts";
import { settingsTable } from "../../src/settings/table.ts";
import { oneOf, seeded } from "../support/seeded.ts";
import { loadFrom } from "./load-from.ts";

const ROUNDS = 2000;
const KEYS = [
  ...new Set(settingsTable().flatMap(({ path }) => path.split("."))),
  ...CONTAINERSPY_SETTINGS.map(({ key }) => key),
  ...["__proto__", "constructor", "toString", "", "a.b", "\u0000", "🐋", "x".repeat(300)],
];
const VALUES = [
  ...[
    null,
    true,
    false,
    0,
    -0,
    -1,
    1.5,
    1e300,
    15_000,
    "",
    " ",
    "15s",
    "3MiB",
    "grpc",
    "auto",
    "\n",
    "🐋",
    "http://h:1",
  ],
  ...["-----BEGIN", "__proto__", "a=b,c", "//a@b", "[::1]:1", "x".repeat(5000), "\ud800"],
];

test("any tree of keys and values gives settings or sentences that say what is wrong, never a crash", () => {
  const random = seeded(20_261_121);
  for (let round = 0; round < ROUNDS; round++) checkResult(JSON.stringify(randomTree(random, 0)));
});

test("any cut and any flipped byte of a file gives settings or sentences", () => {
  const random = seeded(7);
  const text = JSON.stringify({
    otlp: { interval: "15s", headers: { a: "b" } },
    containers: { include: { names: ["a"] } },
  });
  for (let end = 0; end < text.length; end++) checkResult(text.slice(0, end));
  for (let round = 0; round < ROUNDS; round++) {
    const at = Math.floor(random() * text.length);
    checkResult(text.slice(0, at) + String.fromCharCode(Math.floor(random() * 128)) + text.slice(at + 1));
  }
});

test("a file nested ten thousand deep is refused", () => {
  const depth = 10_000;
  assert.equal(loadFrom({ file: `${"{a:".repeat(depth)}1${"}".repeat(depth)}` }).ok, false);
  assert.equal(loadFrom({ file: `{otlp:{headers:{a:${"[".repeat(depth)}${"]".repeat(depth)}}}}` }).ok, false);
});

test("any text in any variable gives settings or sentences", () => {
  const random = seeded(11);
  const names = [...settingsTable().map(({ variable }) => variable), "DOCKER_HOST", "OTEL_EXPORTER_OTLP_ENDPOINT"];
  for (let round = 0; round < ROUNDS; round++) {
    const env = Object.fromEntries(
      Array.from({ length: 4 }, () => [oneOf(names, random), String(oneOf(VALUES, random)).replaceAll("\0", "")]),
    );
    checkSentences(loadFrom({ env }));
  }
});

function checkResult(file: string) {
  checkSentences(loadFrom({ file }));
}

function checkSentences(result: ReturnType<typeof loadFrom>) {
  if (!result.ok) assert.ok(result.problems.length > 0);
  for (const line of [...result.notes, ...(result.ok ? [] : result.problems)]) {
    assert.match(line, /^\S.*[.?]$/s);
    assert.ok(line.length < 1000, `${line.length} characters: ${line.slice(0, 200)}`);
    assert.doesNotMatch(line, /undefined|\[object/);
  }
}

function randomTree(random: () => number, depth: number): unknown {
  const kind = random();
  if (depth > 0 && (depth > 4 || kind < 0.4)) return oneOf(VALUES, random);
  const size = Math.floor(random() * 4);
  if (depth > 0 && kind < 0.5) return Array.from({ length: size }, () => randomTree(random, depth + 1));
  return Object.fromEntries(Array.from({ length: size }, () => [oneOf(KEYS, random), randomTree(random, depth + 1)]));
}
