import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { METRIC_NAMES } from "../../src/catalogue/rows.ts";
import { settingsTable } from "../../src/settings/table.ts";
import { OWN_METRICS } from "../../src/telemetry/own-metrics.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
const EVENTS = join(ROOT, "src/telemetry/events");

test("every line of the log at warn and error has its remedy, and no remedy is for a line that is gone", () => {
  const code = readdirSync(EVENTS).map((file) => readFileSync(join(EVENTS, file), "utf8"));
  const said = code.flatMap((text) => [...text.matchAll(/log\.(warn|error)\(\s*"([^"]+)"/g)]);
  assert.ok(said.length > 8);
  const explained = [...page.matchAll(/^\| (warn|error) \| `([^`]+)` \| \S.+ \|$/gm)];
  const pair = ([, level, message]: RegExpExecArray) => `${level} ${message}`;
  assert.deepEqual(explained.map(pair).sort(), said.map(pair).sort());
});

test("nothing is said at warn or error but by an event", () => {
  const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const speakers = files
    .filter((file) => file.endsWith(".ts") && !file.startsWith("telemetry/"))
    .filter((file) => /\blog\.(warn|error)\(/.test(readFileSync(join(ROOT, "src", file), "utf8")));
  assert.deepEqual(speakers, []);
});

test("every metric that the page names is one that Tallyman sends", () => {
  const sent = new Set([...METRIC_NAMES, ...Object.keys(OWN_METRICS)]);
  const named = [...page.matchAll(/\b(?:container|machine|tallyman)_[a-z0-9_]+[a-z0-9](?![a-z0-9_…*])/g)].map(
    ([name]) => name,
  );
  assert.ok(named.length > 30);
  assert.deepEqual(
    [...new Set(named)].filter((name) => !sent.has(name)),
    NO_METRICS,
  );
});
/** Words that only look like metrics. */
const NO_METRICS: string[] = [];

test("every setting that the page names exists", () => {
  const settings = new Set(settingsTable().map(({ path }) => path));
  const sections = [...settings].map((path) => path.split(".")[0]);
  const named = [...page.matchAll(/`([a-z]+(?:\.[a-zA-Z]+)+)`/g)].map(([, name]) => name as string);
  const meant = named.filter((name) => sections.includes(name.split(".")[0] as string));
  assert.ok(meant.length > 10);
  const isKnown = (name: string) => settings.has(name) || [...settings].some((path) => path.startsWith(`${name}.`));
  assert.deepEqual(
    meant.filter((name) => !isKnown(name)),
    [],
  );
});
